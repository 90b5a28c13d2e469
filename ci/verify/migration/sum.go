package migration

import (
	"fmt"
	"path"
	"slices"
	"strings"
)

// A Sum is the line of a file in atlas.sum. Its hash also covers every file before.
type Sum struct{ Name, Hash string }

// Sums reads the lines of atlas.sum after the first one, which is the hash of the others.
func Sums(text string) ([]Sum, error) {
	lines := strings.Split(strings.TrimSpace(text), "\n")
	if !strings.HasPrefix(lines[0], "h1:") {
		return nil, fmt.Errorf("line 1 is %q, not a hash", lines[0])
	}
	var sums []Sum
	for i, line := range lines[1:] {
		name, hash, ok := strings.Cut(strings.TrimSpace(line), " h1:")
		if !ok {
			return nil, fmt.Errorf("line %d is %q, not a file with its hash", i+2, line)
		}
		sums = append(sums, Sum{name, hash})
	}
	return sums, nil
}

// A List has the files as they should be. Name is the source of the list in findings.
type List struct {
	Name string
	Sums []Sum
}

// Compare returns a finding for each file that was removed, is not listed, or is at another position than in the list, and
// for the first file that was edited. The hashes after an edited file differ in any case.
func Compare(dir string, list List, there []Sum) []Finding {
	var found []Finding
	add := func(name, rule, format string, args ...any) {
		f := Finding{Check: "integrity", File: dir + "/" + name, Rules: []string{rule}, What: fmt.Sprintf(format, args...)}
		found = append(found, f.Advised())
	}
	listed := list.Sums
	for _, s := range listed {
		if !hasName(there, s.Name) {
			add(s.Name, FileRemoved, "%s is in %s but not in the folder: it was removed or renamed", s.Name, list.Name)
		}
	}
	for _, s := range there {
		if !hasName(listed, s.Name) {
			add(s.Name, FileUnlisted, "%s is in the folder but not in %s", s.Name, list.Name)
		}
	}
	both := slices.DeleteFunc(slices.Clone(listed), func(s Sum) bool { return !hasName(there, s.Name) })
	for i := 1; i < len(both); i++ {
		if both[i].Name < both[i-1].Name {
			add(both[i].Name, FileReordered, "%s lists %s after %s, but %[2]s runs first", list.Name, both[i].Name, both[i-1].Name)
		}
	}
	for i := 0; i < min(len(listed), len(there)) && listed[i].Name == there[i].Name; i++ {
		if listed[i].Hash != there[i].Hash {
			add(there[i].Name, FileEdited, "%s differs from the file of that name in %s", there[i].Name, list.Name)
			break
		}
	}
	return found
}

// Since compares the files with an older list: files newer than the whole list are no finding, and a new file that would run
// between those of the list is at the wrong position.
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
			f = Finding{Check: f.Check, File: f.File, Rules: []string{FileReordered}, What: fmt.Sprintf("%s is new but would run before %s, which is in %s", name, last, list.Name)}.Advised()
		}
		found = append(found, f)
	}
	return found
}

func hasName(list []Sum, name string) bool {
	return slices.ContainsFunc(list, func(s Sum) bool { return s.Name == name })
}
