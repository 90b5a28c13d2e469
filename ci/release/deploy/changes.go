package deploy

import (
	"encoding/base64"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/superfly/fly-go"
)

// Change is one key of a machine's configuration that will be different. Before is empty where there was
// none, After where there will be none.
type Change struct {
	Key    string `json:"key"` // such as env.COLOUR or services[0].internal_port
	Before string `json:"before,omitempty"`
	After  string `json:"after,omitempty"`
}

// changes are the keys in which two configurations differ, in order. The image and what changes with every
// release are left out. The contents of files are told by their size: they may be anything.
func changes(before, after *fly.MachineConfig, hide *strings.Replacer) []Change {
	old, next := leaves(before), leaves(after)
	keys := slices.Collect(maps.Keys(old))
	keys = append(keys, slices.Collect(maps.Keys(next))...)
	slices.Sort(keys)
	var list []Change
	for _, key := range slices.Compact(keys) {
		if old[key] != next[key] {
			list = append(list, Change{key, hide.Replace(shown(key, old[key])), hide.Replace(shown(key, next[key]))})
		}
	}
	return list
}

func shown(key, value string) string {
	if strings.HasSuffix(key, ".raw_value") && value != "" {
		return fmt.Sprintf("a file of %d bytes", base64.StdEncoding.DecodedLen(len(value)))
	}
	return value
}

// leaves are the values of a configuration by their path.
func leaves(config *fly.MachineConfig) map[string]string {
	all := map[string]string{}
	if config == nil {
		return all
	}
	var tree map[string]any
	if err := json.Unmarshal([]byte(comparable(config)), &tree); err != nil {
		panic(err) // it was JSON a moment ago
	}
	delete(tree, "image")
	walk("", tree, all)
	maps.DeleteFunc(all, func(key, _ string) bool { return strings.HasPrefix(key, "metadata.pipeline_") })
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
	case nil: // as good as left out
	default:
		text, _ := json.Marshal(v) // a number or a truth
		into[path] = string(text)
	}
}
