package migration

import (
	"fmt"
	"path"
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

// A List is files as they should be, and what has it.
type List struct {
	Name string
	Sums []Sum
}

// Compare names what differs between a list and the files there are, in their order: every file that was removed, is
// not listed, or stands at another place, and the first that was edited. Whether those behind it were edited too, no
// hash tells.
func Compare(dir string, list List, there []Sum) []Finding {
	var found []Finding
	add := func(name, rule, format string, args ...any) {
		f := Finding{Check: "integrity", File: dir + "/" + name, Rules: []string{rule}, What: fmt.Sprintf(format, args...)}
		found = append(found, f.Advised())
	}
	listed := list.Sums
	for _, s := range listed {
		if !hasName(there, s.Name) {
			add(s.Name, FileRemoved, "%s is in %s and not in the folder: it was removed or renamed", s.Name, list.Name)
		}
	}
	for _, s := range there {
		if !hasName(listed, s.Name) {
			add(s.Name, FileUnlisted, "%s is in the folder and not in %s", s.Name, list.Name)
		}
	}
	both := slices.DeleteFunc(slices.Clone(listed), func(s Sum) bool { return !hasName(there, s.Name) })
	for i := 1; i < len(both); i++ {
		if both[i].Name < both[i-1].Name {
			add(both[i].Name, FileReordered, "%s has %s after %s, and it runs before it", list.Name, both[i].Name, both[i-1].Name)
		}
	}
	for i := 0; i < min(len(listed), len(there)) && listed[i].Name == there[i].Name; i++ {
		if listed[i].Hash != there[i].Hash {
			add(there[i].Name, FileEdited, "%s is not as it was for %s", there[i].Name, list.Name)
			break
		}
	}
	return found
}

// Since compares with a list that may be behind: files that are newer than all of it are no finding, and one that would
// run between those of it is at the wrong place.
func Since(dir string, list List, there []Sum) []Finding {
	if len(list.Sums) == 0 {
		return nil
	}
	last := list.Sums[len(list.Sums)-1].Name
	var found []Finding
	for _, f := range Compare(dir, list, there) {
		name := path.Base(f.File)
		if f.Rules[0] == FileUnlisted {
			if name > last {
				continue
			}
			f = Finding{Check: f.Check, File: f.File, Rules: []string{FileReordered}, What: fmt.Sprintf("%s would run before %s, which %s has", name, last, list.Name)}.Advised()
		}
		found = append(found, f)
	}
	return found
}

func hasName(list []Sum, name string) bool {
	return slices.ContainsFunc(list, func(s Sum) bool { return s.Name == name })
}
