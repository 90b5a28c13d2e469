package migration

import (
	"fmt"
	"slices"
	"strings"
)

// A Sum is a file's line in atlas.sum. Its hash covers every file before it, too.
type Sum struct{ Name, Hash string }

// Sums reads atlas.sum as lines. Its first line, the hash of all others, says nothing that they do not.
func Sums(text string) ([]Sum, error) {
	lines := strings.Split(strings.TrimSpace(text), "\n")
	if !strings.HasPrefix(lines[0], "h1:") {
		return nil, fmt.Errorf("line 1 is %q, no hash", lines[0])
	}
	var sums []Sum
	for i, line := range lines[1:] {
		name, hash, ok := strings.Cut(strings.TrimSpace(line), " h1:")
		if !ok {
			return nil, fmt.Errorf("line %d is %q, no file with its hash", i+2, line)
		}
		sums = append(sums, Sum{name, hash})
	}
	return sums, nil
}

// Compare names what differs between what atlas.sum lists and the files there are, in their order: every file that was
// removed, is not listed, or stands at another place, and the first that was edited. Whether those behind it were edited
// too, no hash tells.
func Compare(dir string, listed, there []Sum) []Finding {
	var found []Finding
	add := func(name, rule, format string, args ...any) {
		f := Finding{Check: "integrity", File: dir + "/" + name, Rules: []string{rule}, What: fmt.Sprintf(format, args...)}
		found = append(found, f.Advised())
	}
	for _, s := range listed {
		if !hasName(there, s.Name) {
			add(s.Name, FileRemoved, "%s is in atlas.sum and not in the folder: it was removed or renamed", s.Name)
		}
	}
	for _, s := range there {
		if !hasName(listed, s.Name) {
			add(s.Name, FileUnlisted, "%s is in the folder and not in atlas.sum", s.Name)
		}
	}
	both := slices.DeleteFunc(slices.Clone(listed), func(s Sum) bool { return !hasName(there, s.Name) })
	for i := 1; i < len(both); i++ {
		if both[i].Name < both[i-1].Name {
			add(both[i].Name, FileReordered, "atlas.sum lists %s after %s, and it runs before it", both[i].Name, both[i-1].Name)
		}
	}
	for i := 0; i < min(len(listed), len(there)) && listed[i].Name == there[i].Name; i++ {
		if listed[i].Hash != there[i].Hash {
			add(there[i].Name, FileEdited, "%s was edited since atlas.sum was written", there[i].Name)
			break
		}
	}
	return found
}

func hasName(list []Sum, name string) bool {
	return slices.ContainsFunc(list, func(s Sum) bool { return s.Name == name })
}
