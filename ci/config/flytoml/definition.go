package flytoml

import (
	"bytes"
	"encoding/json"
	"fmt"

	"github.com/pelletier/go-toml/v2"
)

// Definition is a fly.toml as JSON, which is how Fly keeps it with a release.
func Definition(data []byte) (json.RawMessage, error) {
	var file map[string]any
	if err := toml.Unmarshal(data, &file); err != nil {
		return nil, fmt.Errorf("read fly.toml: %w", err)
	}
	return json.Marshal(file)
}

// FromDefinition is Parse for the fly.toml that Fly keeps with a release. The name stands in errors, whose
// lines mean little here. What it was made of was accepted once, so keys that are not known are warnings.
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

// numbers gives JSON's numbers the types that TOML knows. JSON's null is no value.
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
