package tomlfile

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/renewa/pipeline/ci/config/spelling"
)

// A Table is asked for its keys, one method for each type. An absent key is
// nil; a key of another type is nil too, and a problem of the file. A nil Table
// has no keys, so optional tables need no question before the next one.
type Table struct {
	file   *File
	path   string
	line   int
	values map[string]any
	asked  map[string]bool
}

// Line is where the table stands.
func (t *Table) Line() int {
	if t == nil {
		return 1
	}
	return t.line
}

// LineOf is where a key stands, or the table when it lacks the key.
func (t *Table) LineOf(key string) int {
	if t == nil {
		return 1
	}
	return t.file.line(below(t.path, key), t.line)
}

// Has reports whether the key is there, and makes it a known key.
func (t *Table) Has(key string) bool {
	_, ok := t.ask(key)
	return ok
}

// Keys are the names an author chose, in order, for tables without fixed keys.
// They count as asked for.
func (t *Table) Keys() []string {
	if t == nil {
		return nil
	}
	keys := slices.Sorted(maps.Keys(t.values))
	for _, key := range keys {
		t.asked[key] = true
	}
	return keys
}

// Refuse reports a problem with a key of the table; "" is the table itself.
func (t *Table) Refuse(key, format string, args ...any) {
	t.file.problems = append(t.file.problems, t.Problem(key, format, args...))
}

// Problem words one without reporting it.
func (t *Table) Problem(key, format string, args ...any) Problem {
	path, line := t.path, t.line
	if key != "" {
		path, line = below(t.path, key), t.LineOf(key)
	}
	return Problem{t.file.name, line, path, fmt.Sprintf(format, args...)}
}

func (t *Table) ask(key string) (any, bool) {
	if t == nil {
		return nil, false
	}
	t.asked[key] = true
	v, ok := t.values[key]
	return v, ok
}

// unknown are the keys nobody asked for.
func (t *Table) unknown() (unknown Problems) {
	known := slices.Sorted(maps.Keys(t.asked))
	for _, key := range slices.Sorted(maps.Keys(t.values)) {
		if t.asked[key] {
			continue
		}
		guess := spelling.DidYouMean(key, known)
		if n := len(known); guess == "" && n > 0 && n <= 12 { // a longer list helps nobody
			guess = "; known here: " + strings.Join(known, ", ")
		}
		unknown = append(unknown, Problem{t.file.name, t.LineOf(key), below(t.path, key), "unknown key" + guess})
	}
	return unknown
}
