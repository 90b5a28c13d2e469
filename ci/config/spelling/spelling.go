// Package spelling finds the known name that is most similar to a misspelt one.
package spelling

import "fmt"

// DidYouMean returns a text to append to "unknown key": a question with the nearest known name, or nothing when no name
// is near.
func DidYouMean(word string, known []string) string {
	if near := Nearest(word, known); near != "" {
		return fmt.Sprintf(", did you mean %q?", near)
	}
	return ""
}

// Nearest returns the known name with the smallest distance to word, the first of several such names; empty when every
// name differs in more than a third of its letters, because a wrong suggestion is worse than none.
func Nearest(word string, known []string) string {
	best, nearest := min(len(word), (len(word)+2)/3+1), "" // best is one more than the largest distance allowed
	for _, name := range known {
		if d := distance(word, name); d < best && name != word {
			best, nearest = d, name
		}
	}
	return nearest
}

// distance returns the number of letters to insert, delete, replace or swap with their neighbour to turn a into b. A
// swap counts as one, because swapped letters are a frequent typing error.
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
