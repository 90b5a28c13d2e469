package flytoml

import (
	"bytes"
	"encoding/json"
	"fmt"
	"slices"

	"github.com/pelletier/go-toml/v2"
)

// Definition returns the fly.toml as JSON, in the form that Fly keeps with a release.
func (c Config) Definition() json.RawMessage { return slices.Clone(c.definition) }

// FromDefinition parses the fly.toml that Fly keeps with a release. Errors have the given name in place of a file's;
// their line numbers do not match the original file. Unknown keys are only warnings, because a deploy has accepted
// this configuration before.
func FromDefinition(name string, definition json.RawMessage) (Config, []Warning, error) {
	read := json.NewDecoder(bytes.NewReader(definition))
	read.UseNumber() // 5 is a whole number, 5.0 is not
	var file map[string]any
	if err := read.Decode(&file); err != nil {
		return Config{}, nil, fmt.Errorf("read the fly.toml of %s: %w", name, err)
	}
	text, err := toml.Marshal(numbers(file))
	if err != nil {
		return Config{}, nil, fmt.Errorf("read the fly.toml of %s: %w", name, err)
	}
	return Parse(name, text)
}

// numbers converts JSON's numbers to the integers and floats of TOML, and removes keys that are null.
func numbers(v any) any {
	switch v := v.(type) {
	case json.Number:
		if n, err := v.Int64(); err == nil {
			return n
		}
		f, _ := v.Float64()
		return f
	case []any:
		for i := range v {
			v[i] = numbers(v[i])
		}
	case map[string]any:
		for key, inner := range v {
			if inner == nil {
				delete(v, key)
				continue
			}
			v[key] = numbers(inner)
		}
	}
	return v
}
