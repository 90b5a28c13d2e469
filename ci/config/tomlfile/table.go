package tomlfile

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/renewa/pipeline/ci/config/spelling"
)

// A Table returns the values of its keys, with one method for each type. The value of an absent key is nil. The value of
// a key with another type is nil too, and a problem of the file. A nil Table has no keys, so that callers need not test
// whether an optional table exists.
type Table struct {
	file   *File
	path   string
	line   int
	values map[string]any
	asked  map[string]bool
	names  map[string]string // by a key that people write by mistake: the key, as it stands in a file
}

// Line returns the line of the table.
func (t *Table) Line() int {
	if t == nil {
		return 1
	}
	return t.line
}

// LineOf returns the line of a key, or the line of the table when the table lacks the key.
func (t *Table) LineOf(key string) int {
	if t == nil {
		return 1
	}
	return t.file.line(childPath(t.path, key), t.line)
}

// Has reports whether the table has a key, which becomes a known key.
func (t *Table) Has(key string) bool {
	_, ok := t.ask(key)
	return ok
}

// Keys returns all keys, sorted, for tables without fixed keys. All of them become known keys.
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

// Names returns all keys, sorted, without making them known keys.
func (t *Table) Names() []string { return slices.Sorted(maps.Keys(t.values)) }

// Position returns the file and line of the table, as in pipeline.toml:9.
func (t *Table) Position() string { return fmt.Sprintf("%s:%d", t.file.name, t.line) }

// Rename makes an unknown key an error that tells its right name, such as [[stage]] for environment.
func (t *Table) Rename(key, to string) {
	if t != nil {
		t.names[key] = to
	}
}

// Contains reports whether the table has a key, without making it a known key.
func (t *Table) Contains(key string) bool {
	if t == nil {
		return false
	}
	_, ok := t.values[key]
	return ok
}

// Refuse adds a problem with a key of the table to the file's problems; the key "" stands for the table itself.
func (t *Table) Refuse(key, format string, args ...any) {
	t.file.problems = append(t.file.problems, t.Problem(key, format, args...))
}

// Problem returns a problem with a key of the table without adding it to the file's problems.
func (t *Table) Problem(key, format string, args ...any) Problem {
	path, line := t.path, t.line
	if key != "" {
		path, line = childPath(t.path, key), t.LineOf(key)
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

// unknown returns a problem for each unknown key.
func (t *Table) unknown() (unknown Problems) {
	known := slices.Sorted(maps.Keys(t.asked))
	for _, key := range slices.Sorted(maps.Keys(t.values)) {
		if !t.asked[key] {
			unknown = append(unknown, Problem{t.file.name, t.LineOf(key), childPath(t.path, key), "unknown " + t.noun(key) + t.advice(key, known)})
		}
	}
	return unknown
}

// noun returns what a key is called in errors: a table or a key.
func (t *Table) noun(key string) string {
	switch v := t.values[key].(type) {
	case map[string]any:
		return "table"
	case []any:
		if len(v) > 0 && Kind(v[0]) == "a table" {
			return "table"
		}
	}
	return "key"
}

// advice returns the right name of an unknown key, the most similar known key, or all known keys.
func (t *Table) advice(key string, known []string) string {
	if name, ok := t.names[key]; ok {
		return ": rename it to " + name
	}
	guess := spelling.DidYouMean(key, known)
	if n := len(known); guess == "" && n > 0 && n <= 14 { // a longer list does not help
		return "; known here: " + strings.Join(known, ", ")
	}
	return guess
}
