package cloud

import "math/rand/v2"

var (
	moods  = []string{"autumn", "bold", "calm", "dark", "early", "frosty", "green", "hidden", "icy", "late", "misty", "proud", "quiet", "silent", "small", "summer", "white", "wild", "winter", "young"}
	things = []string{"bird", "brook", "cloud", "dawn", "dew", "field", "fire", "flower", "forest", "frost", "grass", "haze", "hill", "lake", "leaf", "moon", "night", "pond", "rain", "river", "sea", "shadow", "sky", "snow", "sound", "star", "sun", "tree", "water", "wave"}
)

// name is for people, who prefer one to fourteen digits.
func name() string {
	return moods[rand.IntN(len(moods))] + "-" + things[rand.IntN(len(things))] + "-" + nonce()[:4]
}
