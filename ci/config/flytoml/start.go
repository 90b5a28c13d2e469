package flytoml

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/google/shlex"
	"github.com/superfly/fly-go"

	"github.com/renewa/pipeline/ci/config/tomlfile"
)

// processes must come first: the other sections name its groups.
func (r *reader) processes(root *tomlfile.Table) {
	r.out.commands = map[string][]string{}
	t := root.Table("processes")
	for _, group := range t.Keys() {
		switch {
		case group == "":
			t.Refuse("", "a process group needs a name")
		case strings.HasPrefix(group, "fly_app_"):
			t.Refuse(group, "must not begin with fly_app_, which Fly reserves: choose another name")
		}
		r.out.groups = append(r.out.groups, group)
		r.out.commands[group] = r.words(t, group)
	}
	if len(r.out.groups) == 0 {
		r.out.groups = []string{defaultGroup}
	}
}

// env takes any single value as text, since an environment knows nothing else,
// and a list of tables as their union.
func (r *reader) env(root *tomlfile.Table) {
	r.out.env = map[string]string{}
	for _, t := range root.Tables("env") {
		for _, name := range t.Keys() {
			text, ok := scalar(t.Any(name))
			if !ok {
				t.Refuse(name, "must be a single value, not %s", tomlfile.Kind(t.Any(name)))
			}
			r.out.env[name] = text
		}
	}
}

func scalar(v any) (string, bool) {
	switch v := v.(type) {
	case map[string]any, []any:
		return "", false
	case float64:
		return strconv.FormatFloat(v, 'f', -1, 64), true
	default:
		return fmt.Sprint(v), true
	}
}

// init is what all groups start with; a group's own command goes before
// experimental.cmd.
func (r *reader) init(root *tomlfile.Table) {
	t := root.Table("experimental")
	r.out.init = fly.MachineInit{
		Cmd:        whole(t, "cmd"),
		Entrypoint: whole(t, "entrypoint"),
		Exec:       whole(t, "exec"),
		SwapSizeMB: root.Int("swap_size_mb"),
	}
	if v := r.out.init.SwapSizeMB; v != nil && *v < 0 {
		root.Refuse("swap_size_mb", "must not be negative")
	}
}

// whole is a command as flyctl takes it under experimental: text is one word, spaces and all.
func whole(t *tomlfile.Table, key string) []string {
	if text, ok := t.Any(key).(string); ok {
		return []string{text}
	}
	return t.Strings(key)
}

// words is a command: text split as a shell would, or a list taken as it is.
func (r *reader) words(t *tomlfile.Table, key string) []string {
	text, ok := t.Any(key).(string)
	if !ok {
		return t.Strings(key)
	}
	words, err := shlex.Split(text)
	if err != nil {
		t.Refuse(key, "a quote is not closed: close it")
	}
	return words
}
