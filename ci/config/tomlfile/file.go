// Package tomlfile reads TOML with the line of every key.
package tomlfile

import (
	"errors"
	"fmt"
	"strconv"

	"github.com/pelletier/go-toml/v2"
)

// A File collects its problems while it is read, so that all are reported at once.
// A key that its readers asked for is a known key; every other key is unknown.
type File struct {
	name     string
	root     *Table
	lines    map[string]int
	tables   map[string]*Table
	problems Problems
}

// Read parses data; name goes in front of every problem. The error is a
// Problems when the text is not TOML.
func Read(name string, data []byte) (*File, error) {
	values := map[string]any{}
	if err := toml.Unmarshal(data, &values); err != nil {
		return nil, Problems{{File: name, Line: lineOf(err), Text: reason(err)}}
	}
	f := &File{name: name, lines: positions(data), tables: map[string]*Table{}}
	f.root = f.table("", 1, values)
	return f, nil
}

// Root is the outermost table.
func (f *File) Root() *Table { return f.root }

// Problems are those found so far, in the order of their lines.
func (f *File) Problems() Problems { return f.problems.Sorted() }

// Unknown are the keys that nobody asked for, with a guess at what was meant.
// It is complete when reading is.
func (f *File) Unknown() Problems {
	var unknown Problems
	for _, t := range f.tables {
		unknown = append(unknown, t.unknown()...)
	}
	return unknown.Sorted()
}

// table is the same Table for a path however often it is asked for, so that the
// known keys of all readers are in one place.
func (f *File) table(path string, line int, values map[string]any) *Table {
	if t, ok := f.tables[path]; ok {
		return t
	}
	t := &Table{file: f, path: path, line: line, values: values, asked: map[string]bool{}}
	f.tables[path] = t
	return t
}

// line is where a path stands, or the nearest one around it.
func (f *File) line(path string, around int) int {
	if line, ok := f.lines[path]; ok {
		return line
	}
	return around
}

// below is the path of a key in the table at path, quoted where TOML would.
func below(path, key string) string {
	if !isBare(key) {
		key = strconv.Quote(key)
	}
	if path == "" {
		return key
	}
	return path + "." + key
}

// element is the path of one of the tables in a list.
func element(path string, i int) string { return fmt.Sprintf("%s[%d]", path, i) }

func isBare(key string) bool {
	for _, c := range key {
		if c != '_' && c != '-' && (c < '0' || c > '9') && (c < 'A' || c > 'Z') && (c < 'a' || c > 'z') {
			return false
		}
	}
	return key != ""
}

func lineOf(err error) int {
	if at := (*toml.DecodeError)(nil); errors.As(err, &at) {
		line, _ := at.Position()
		return line
	}
	return 1
}
