// Package spelling guesses which known name a misspelt one meant.
package spelling

import "fmt"

// DidYouMean is text to put behind "unknown key": the nearest known name as a
// question, or nothing when none is near.
func DidYouMean(word string, known []string) string {
	if near := Nearest(word, known); near != "" {
		return fmt.Sprintf(", did you mean %q?", near)
	}
	return ""
}

// Nearest is the known name with the fewest edits to word, the first one on a
// tie. Names that differ in more than a third of their letters are not near:
// a wrong guess costs the reader more than none.
func Nearest(word string, known []string) string {
	best, nearest := min(len(word), (len(word)+2)/3+1), "" // both out of reach
	for _, name := range known {
		if d := distance(word, name); d < best && name != word {
			best, nearest = d, name
		}
	}
	return nearest
}

// distance counts the letters to insert, delete, replace or swap with their
// neighbour to turn a into b. A swap counts as one, since that is how fingers
// err.
func distance(a, b string) int {
	older, last, row := make([]int, len(b)+1), make([]int, len(b)+1), make([]int, len(b)+1)
	for j := range last {
		last[j] = j
	}
	for i := range len(a) {
		row[0] = i + 1
		for j := range len(b) {
			cost := 1
			if a[i] == b[j] {
				cost = 0
			}
			row[j+1] = min(last[j+1]+1, row[j]+1, last[j]+cost)
			if i > 0 && j > 0 && a[i] == b[j-1] && a[i-1] == b[j] {
				row[j+1] = min(row[j+1], older[j-1]+1)
			}
		}
		older, last, row = last, row, older
	}
	return last[len(b)]
}
