package id

import "math/rand/v2"

var (
	moods  = []string{"autumn", "bold", "calm", "dark", "early", "frosty", "green", "hidden", "icy", "late", "misty", "proud", "quiet", "silent", "small", "summer", "white", "wild", "winter", "young"}
	things = []string{"bird", "brook", "cloud", "dawn", "dew", "field", "fire", "flower", "forest", "frost", "grass", "haze", "hill", "lake", "leaf", "moon", "night", "pond", "rain", "river", "sea", "shadow", "sky", "snow", "sound", "star", "sun", "tree", "water", "wave"}
)

// Name returns a name for a machine that people can read.
func Name() string {
	return moods[rand.IntN(len(moods))] + "-" + things[rand.IntN(len(things))] + "-" + random(2)
}
