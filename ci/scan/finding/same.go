package finding

import (
	"fmt"
	"slices"
)

// A partition has a root for each finding of a list: findings that are the same, directly or by way of others, have
// the first of them as their root.
type partition []int

// same makes the partition of a sorted list.
func same(all []Finding) partition {
	p := make(partition, len(all))
	first := map[string]int{}
	for i, f := range all {
		p[i] = i
		for _, key := range f.keys() {
			if j, known := first[key]; known {
				p.join(i, j)
			} else {
				first[key] = i
			}
		}
	}
	p.secrets(all)
	for i := range p {
		p[i] = p.root(i)
	}
	return p
}

func (p partition) root(i int) int {
	for p[i] != i {
		i = p[i]
	}
	return i
}

func (p partition) join(i, j int) {
	a, b := p.root(i), p.root(j)
	p[max(a, b)] = min(a, b)
}

// secrets joins secrets that different tools find on one line. Two that one tool finds there stay two: the first may
// be waived, and the second new.
func (p partition) secrets(all []Finding) {
	seenBy := map[int][]string{} // the tools of a root
	for i, f := range all {
		seenBy[p.root(i)] = append(seenBy[p.root(i)], f.Tools...)
	}
	onLine := map[string][]int{} // the roots of a line
	for i, f := range all {
		if f.Kind != Secret || f.Places[0].Line == 0 || p.root(i) != i {
			continue
		}
		line := fmt.Sprintf("%s:%d", f.Places[0].Path, f.Places[0].Line)
		other := slices.IndexFunc(onLine[line], func(root int) bool {
			return !slices.ContainsFunc(seenBy[i], func(tool string) bool { return slices.Contains(seenBy[root], tool) })
		})
		if other < 0 {
			onLine[line] = append(onLine[line], i)
			continue
		}
		root := onLine[line][other]
		p.join(i, root)
		seenBy[root] = append(seenBy[root], seenBy[i]...)
	}
}
