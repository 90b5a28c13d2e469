// Package tomlfile reads TOML files and knows the line of every key.
package tomlfile

import (
	"encoding/json"
	"fmt"
	"strconv"

	"github.com/pelletier/go-toml/v2"
)

// A File collects the problems of its keys, so that all are reported at once. A key that a method of Table was called
// with is a known key; every other key is unknown.
type File struct {
	name     string
	root     *Table
	lines    map[string]int
	tables   map[string]*Table
	problems Problems
}

// Read parses data; every problem begins with name. When the text is not TOML, the error is a Problems.
func Read(name string, data []byte) (*File, error) {
	values := map[string]any{}
	if err := toml.Unmarshal(data, &values); err != nil {
		return nil, Problems{invalid(name, data, err)}
	}
	f := &File{name: name, lines: positions(data), tables: map[string]*Table{}}
	f.root = f.table("", 1, values)
	return f, nil
}

// Root returns the outermost table.
func (f *File) Root() *Table { return f.root }

// JSON returns all values of the file.
func (f *File) JSON() ([]byte, error) { return json.Marshal(f.root.values) }

// Problems returns the problems found so far, in the order of their lines.
func (f *File) Problems() Problems { return f.problems.Sorted() }

// Unknown returns a problem for each unknown key, with a similar known key as advice. Call it after all keys are read.
func (f *File) Unknown() Problems {
	var unknown Problems
	for _, t := range f.tables {
		unknown = append(unknown, t.unknown()...)
	}
	return unknown.Sorted()
}

// table returns the same Table on every call with the same path, so that one Table has the known keys of all callers.
func (f *File) table(path string, line int, values map[string]any) *Table {
	if t, ok := f.tables[path]; ok {
		return t
	}
	t := &Table{file: f, path: path, line: line, values: values, asked: map[string]bool{}, names: map[string]string{}}
	f.tables[path] = t
	return t
}

// line returns the line of a path, or the given line around it when the path has none.
func (f *File) line(path string, around int) int {
	if line, ok := f.lines[path]; ok {
		return line
	}
	return around
}

// childPath returns the path of a key in the table at path, in quotes where TOML needs them.
func childPath(path, key string) string {
	if !isBare(key) {
		key = strconv.Quote(key)
	}
	if path == "" {
		return key
	}
	return path + "." + key
}

// elementPath returns the path of one table in a list.
func elementPath(path string, i int) string { return fmt.Sprintf("%s[%d]", path, i) }

func isBare(key string) bool {
	for _, c := range key {
		if c != '_' && c != '-' && (c < '0' || c > '9') && (c < 'A' || c > 'Z') && (c < 'a' || c > 'z') {
			return false
		}
	}
	return key != ""
}
