package fly

import (
	"bytes"
	"encoding/json"
	"fmt"
	"sync"

	"github.com/superfly/fly-go"
)

// configs keeps every machine's configuration as Fly sent it. fly-go's types drop fields that they do not know, and
// an update replaces the whole configuration, so without configs the first deploy would remove a field that is newer
// than fly-go.
type configs struct {
	mu  sync.Mutex
	raw map[string]json.RawMessage // by machine id
}

func newConfigs() *configs { return &configs{raw: map[string]json.RawMessage{}} }

// machine decodes a machine and keeps its configuration as Fly sent it.
func (c *configs) machine(data json.RawMessage) (*fly.Machine, error) {
	m := new(fly.Machine)
	if err := json.Unmarshal(data, m); err != nil {
		return nil, err
	}
	m.RemoveCompatChecks()
	var with struct {
		Config json.RawMessage `json:"config"`
	}
	if err := json.Unmarshal(data, &with); err != nil {
		return nil, err
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.raw[m.ID] = with.Config
	return m, nil
}

// carry adds to a new configuration the fields of the old one that fly-go does not know.
func (c *configs) carry(id string, config *fly.MachineConfig) (json.RawMessage, error) {
	c.mu.Lock()
	raw := c.raw[id]
	c.mu.Unlock()
	next, err := object(config)
	if err != nil || len(raw) == 0 {
		return json.RawMessage(mustJSON(next)), err
	}
	known := new(fly.MachineConfig)
	all, err := decode(raw)
	if err != nil {
		return nil, fmt.Errorf("the configuration of machine %s cannot be read: %w", id, err)
	}
	if err := json.Unmarshal(raw, known); err != nil {
		return nil, fmt.Errorf("the configuration of machine %s cannot be read: %w", id, err)
	}
	understood, err := object(known)
	if err != nil {
		return nil, err
	}
	addUnknown(next, all, understood)
	return mustJSON(next), nil
}

// addUnknown copies into next the fields of all that understood lacks. Empty values are not copied, because
// understood lacks them too where fly-go knows the field.
func addUnknown(next, all, understood map[string]any) {
	for k, v := range all {
		u, ok := understood[k]
		if !ok {
			if _, taken := next[k]; !taken && !isEmpty(v) {
				next[k] = v
			}
			continue
		}
		addInside(next[k], v, u)
	}
}

// addInside calls addUnknown for an object, or for the elements of a list.
func addInside(next, all, understood any) {
	switch all := all.(type) {
	case map[string]any:
		known, ok := understood.(map[string]any)
		if into, there := next.(map[string]any); ok && there {
			addUnknown(into, all, known)
		}
	case []any:
		known, _ := understood.([]any)
		into, _ := next.([]any)
		addElements(into, all, known)
	}
}

func isEmpty(v any) bool {
	switch v := v.(type) {
	case nil:
		return true
	case bool:
		return !v
	case string:
		return v == ""
	case json.Number:
		return v == "0"
	case []any:
		return len(v) == 0
	case map[string]any:
		return len(v) == 0
	}
	return false
}

func object(v any) (map[string]any, error) {
	return decode(mustJSON(v))
}

// decode decodes an object and keeps its numbers as text, so that none lossyTransport digits.
func decode(text []byte) (m map[string]any, err error) {
	d := json.NewDecoder(bytes.NewReader(text))
	d.UseNumber()
	err = d.Decode(&m)
	return m, err
}

// mustJSON encodes a value that this package decoded, which cannot fail.
func mustJSON(v any) []byte {
	b, err := json.Marshal(v)
	if err != nil {
		panic(err)
	}
	return b
}
