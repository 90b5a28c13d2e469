package secret

import (
	"encoding/json"
	"fmt"
	"io"
	"iter"
	"maps"
	"slices"
	"strings"
)

// A Set has secrets by name. No method changes a Set: With returns a copy. All methods follow the order of the names,
// so that plans and reports are the same on every run. The zero Set is empty.
type Set struct {
	values map[string]Value
}

// NewSet returns a set with the values of plain.
func NewSet(plain map[string]string) Set {
	s := Set{values: make(map[string]Value, len(plain))}
	for name, text := range plain {
		s.values[name] = NewValue(text)
	}
	return s
}

// Len returns the number of secrets.
func (s Set) Len() int { return len(s.values) }

// Names returns the names, sorted. Names are not secret.
func (s Set) Names() []string { return slices.Sorted(maps.Keys(s.values)) }

// Get returns one secret, and whether the set has it.
func (s Set) Get(name string) (Value, bool) {
	v, ok := s.values[name]
	return v, ok
}

// All iterates over the secrets in the order of their names.
func (s Set) All() iter.Seq2[string, Value] {
	return func(yield func(string, Value) bool) {
		for _, name := range s.Names() {
			if !yield(name, s.values[name]) {
				return
			}
		}
	}
}

// With returns a copy of s in which name has the value v.
func (s Set) With(name string, v Value) Set {
	copied := Set{values: make(map[string]Value, len(s.values)+1)}
	maps.Copy(copied.values, s.values)
	copied.values[name] = v
	return copied
}

// only returns a copy of s with the names for which keep returns true.
func (s Set) only(keep func(name string) bool) Set {
	kept := Set{values: map[string]Value{}}
	for name, v := range s.values {
		if keep(name) {
			kept.values[name] = v
		}
	}
	return kept
}

// Format prints the names for every verb, in the form {A B C}.
func (s Set) Format(w fmt.State, _ rune) { io.WriteString(w, s.String()) }

// String returns the names in the form {A B C}.
func (s Set) String() string { return "{" + strings.Join(s.Names(), " ") + "}" }

// MarshalJSON encodes the names as a list.
func (s Set) MarshalJSON() ([]byte, error) { return json.Marshal(s.Names()) }
