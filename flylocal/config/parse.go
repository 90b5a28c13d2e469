package config

import (
	"encoding/base64"
	"encoding/json"

	"github.com/renewa/pipeline/flylocal/problem"
)

// Parse reads a machine's config. It refuses a config that flylocal cannot run.
func Parse(raw json.RawMessage) (Config, error) {
	var c Config
	if err := json.Unmarshal(raw, &c); err != nil {
		return c, problem.New(422, "invalid machine config: %v", err)
	}
	if len(c.Containers) > 0 {
		return c, problem.New(501, "flylocal does not run several containers in one machine")
	}
	if c.Schedule != "" {
		return c, problem.New(501, "flylocal does not run machines on a schedule")
	}
	if c.Image == "" {
		return c, problem.New(422, "invalid machine config: image is required")
	}
	for i, f := range c.Files {
		if f.Path == "" || f.Path[0] != '/' {
			return c, problem.New(422, "invalid machine config: file %d: guest_path must be absolute", i)
		}
		if f.Raw != nil {
			if _, err := base64.StdEncoding.DecodeString(*f.Raw); err != nil {
				return c, problem.New(422, "invalid machine config: file %s: raw_value is not base64", f.Path)
			}
		}
	}
	for i, s := range c.Services {
		if s.Port < 1 || s.Port > 65535 {
			return c, problem.New(422, "invalid machine config: service %d: internal_port %d", i, s.Port)
		}
	}
	for name, p := range c.Checks {
		if p.Type != "http" && p.Type != "tcp" {
			return c, problem.New(422, "invalid machine config: check %s: type %q must be http or tcp", name, p.Type)
		}
	}
	return c, nil
}

// WithField sets one field of a config; the other fields stay as they were sent.
func WithField(raw json.RawMessage, name string, v any) json.RawMessage {
	fields := map[string]json.RawMessage{}
	if json.Unmarshal(raw, &fields) != nil {
		return raw
	}
	fields[name], _ = json.Marshal(v)
	out, err := json.Marshal(fields)
	if err != nil {
		return raw
	}
	return out
}
