package flytoml

import (
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
