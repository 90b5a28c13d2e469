package secret

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
)

// readJSON reads an object of names and texts, or an object with such an object for each environment. It reads token
// by token, because decoding into a map would hide duplicate names, which must be reported.
func readJSON(data []byte, stage string) ([]entry, []Problem) {
	r := &jsonReader{data: data, dec: json.NewDecoder(bytes.NewReader(data)), stages: map[string][]entry{}}
	r.dec.UseNumber()
	if err := r.read(); err != nil {
		return nil, append(r.problems, Problem{r.line(), syntax(err)})
	}
	return r.choose(stage)
}

var errTrailing = errors.New("text follows the closing brace of the JSON")

type jsonReader struct {
	data     []byte
	dec      *json.Decoder
	flat     []entry            // names at the top level
	stages   map[string][]entry // names below an environment
	order    []string           // of the environments
	problems []Problem
}

func (r *jsonReader) line() int { return lineAt(r.data, int(r.dec.InputOffset())) }

// read reads the outermost object; text after it is an error.
func (r *jsonReader) read() error {
	if _, err := r.dec.Token(); err != nil { // the brace
		return err
	}
	if err := r.members(r.outer); err != nil {
		return err
	}
	if _, err := r.dec.Token(); err != io.EOF {
		return errTrailing
	}
	return nil
}

// members calls each for every member of the object whose opening brace was read last.
func (r *jsonReader) members(each func(name string, value json.Token) error) error {
	for r.dec.More() {
		key, err := r.dec.Token()
		if err != nil {
			return err
		}
		value, err := r.dec.Token()
		if err != nil {
			return err
		}
		if err := each(key.(string), value); err != nil {
			return err
		}
	}
	_, err := r.dec.Token()
	return err
}

// outer reads a member of the outermost object: a secret, or the secrets of an environment.
func (r *jsonReader) outer(name string, value json.Token) error {
	if value != json.Delim('{') {
		return r.text(&r.flat, name, value)
	}
	if _, ok := r.stages[name]; ok {
		r.problems = append(r.problems, Problem{r.line(), "this environment is in the file twice"})
	}
	r.order = append(r.order, name)
	entries := []entry{}
	err := r.members(func(name string, value json.Token) error { return r.text(&entries, name, value) })
	r.stages[name] = append(r.stages[name], entries...)
	return err
}

// text reads one secret. Its value must be text, because 0123 and "0123" are different secrets. A secret that a workflow of
// GitHub Actions does not have is null or empty text there: that is a secret that was not given. Its name counts all the
// same: as a duplicate, and as a stamp, which then names no environment.
func (r *jsonReader) text(into *[]entry, name string, value json.Token) error {
	line := r.line()
	if !validName.MatchString(name) {
		r.problems = append(r.problems, Problem{line, "this name must be letters, digits and _, not beginning with a digit"})
		return r.skipValue(value)
	}
	if value == nil || value == "" {
		*into = append(*into, entry{name: name, line: line})
		return nil
	}
	text, ok := value.(string)
	if !ok {
		r.problems = append(r.problems, Problem{line, fmt.Sprintf("%s must be text in quotes, not %s", name, kindOf(value))})
		return r.skipValue(value)
	}
	if strings.ContainsRune(text, 0) {
		r.problems = append(r.problems, Problem{line, name + " holds a zero byte, which no environment can carry"})
	}
	*into = append(*into, entry{name, text, line, true})
	return nil
}

// skipValue skips a value, given its first token.
func (r *jsonReader) skipValue(value json.Token) error {
	depth := 0
	for {
		switch value {
		case json.Delim('{'), json.Delim('['):
			depth++
		case json.Delim('}'), json.Delim(']'):
			depth--
		}
		if depth == 0 {
			return nil
		}
		var err error
		if value, err = r.dec.Token(); err != nil {
			return err
		}
	}
}

// choose returns the secrets at the top level, or those of the environment.
func (r *jsonReader) choose(stage string) ([]entry, []Problem) {
	if len(r.stages) == 0 {
		return r.flat, r.problems
	}
	for _, e := range r.flat {
		r.problems = append(r.problems, Problem{e.line, e.name + " is outside of the environments: move it into each environment that needs it"})
	}
	entries, ok := r.stages[stage]
	if !ok {
		r.problems = append(r.problems, Problem{1, fmt.Sprintf("the secrets have the environments %s, but not %q", strings.Join(slices.Compact(slices.Clone(r.order)), ", "), stage)})
	}
	return entries, append(r.problems, r.strayStamps(stage)...)
}

// strayStamps returns the problems of the other environments: stamps with another name, and duplicate names.
func (r *jsonReader) strayStamps(chosen string) (problems []Problem) {
	for _, stage := range r.order {
		for _, e := range r.stages[stage] {
			if stage != chosen && e.name == Stamp && e.value != stage {
				problems = append(problems, Problem{e.line, Stamp + " names another environment than the one that contains it"})
			}
		}
		if stage != chosen {
			problems = append(problems, duplicates(r.stages[stage])...)
		}
	}
	return slices.Clip(problems)
}

func kindOf(value json.Token) string {
	switch value.(type) {
	case json.Number:
		return "a number"
	case bool:
		return "true or false"
	}
	if value == json.Delim('[') {
		return "a list"
	}
	return "an object"
}

// syntax describes a JSON error without the character that the error quotes, because it may be part of a secret.
func syntax(err error) string {
	if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
		return "the JSON ends too early: a quote or brace is not closed"
	}
	if errors.Is(err, errTrailing) {
		return err.Error()
	}
	return "this is not JSON: look for a missing comma, quote or brace"
}
