package machine

import (
	"encoding/base64"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/superfly/fly-go"
)

// Change is one key in which two configurations of a machine differ. Before is empty for an added key, After for a
// removed key.
type Change struct {
	Key    string `json:"key"` // such as env.COLOUR or services[0].internal_port
	Before string `json:"before,omitempty"`
	After  string `json:"after,omitempty"`
}

// String returns the change as one line.
func (c Change) String() string {
	switch {
	case c.Before == "":
		return fmt.Sprintf("+ %s: %s", c.Key, c.After)
	case c.After == "":
		return fmt.Sprintf("- %s: %s", c.Key, c.Before)
	}
	return fmt.Sprintf("~ %s: %s → %s", c.Key, c.Before, c.After)
}

// Changes returns the keys in which two configurations differ, sorted. It omits the image and the metadata that changes
// with every release. It shows only the size of a file, because a file may contain anything.
func Changes(before, after *fly.MachineConfig, hide *strings.Replacer) []Change {
	old, next := leaves(before), leaves(after)
	keys := slices.Collect(maps.Keys(old))
	keys = append(keys, slices.Collect(maps.Keys(next))...)
	slices.Sort(keys)
	var list []Change
	for _, key := range slices.Compact(keys) {
		if old[key] != next[key] {
			list = append(list, Change{key, hide.Replace(display(key, old[key])), hide.Replace(display(key, next[key]))})
		}
	}
	return list
}

// SameConfig reports whether two configurations are the same, apart from metadata that changes with every release.
func SameConfig(a, b *fly.MachineConfig) bool { return comparableJSON(a) == comparableJSON(b) }

// comparableJSON returns a configuration as JSON, without the metadata that changes with every release.
func comparableJSON(config *fly.MachineConfig) string {
	c := *config
	c.Metadata = WithoutRelease(config.Metadata)
	b, err := json.Marshal(c)
	if err != nil {
		panic(err) // a fly-go type that was decoded from JSON
	}
	return string(b)
}

func display(key, value string) string {
	if strings.HasSuffix(key, ".raw_value") && value != "" {
		return fmt.Sprintf("a file of %d bytes", base64.StdEncoding.DecodedLen(len(value)))
	}
	return value
}

// leaves returns the single values of a configuration, by path.
func leaves(config *fly.MachineConfig) map[string]string {
	all := map[string]string{}
	if config == nil {
		return all
	}
	var tree map[string]any
	if err := json.Unmarshal([]byte(comparableJSON(config)), &tree); err != nil {
		panic(err) // json.Marshal wrote it
	}
	delete(tree, "image")
	walk("", tree, all)
	return all
}

func walk(path string, value any, into map[string]string) {
	switch v := value.(type) {
	case map[string]any:
		for key, inner := range v {
			walk(strings.TrimPrefix(path+"."+key, "."), inner, into)
		}
	case []any:
		for i, inner := range v {
			walk(fmt.Sprintf("%s[%d]", path, i), inner, into)
		}
	case string:
		into[path] = v
	case nil: // the same as a key that is absent
	default:
		text, _ := json.Marshal(v) // a number or a boolean
		into[path] = string(text)
	}
}
