package flytoml

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/google/shlex"
	"github.com/superfly/fly-go"

	"github.com/renewa/pipeline/ci/config/tomlfile"
)

// processes reads the process groups. It runs first, because the other sections name these groups.
func (r *reader) processes(root *tomlfile.Table) {
	r.out.commands = map[string][]string{}
	if list, isList := root.Any("processes").([]any); isList {
		r.processList(root, list)
	} else {
		t := root.Table("processes")
		for _, group := range t.Keys() {
			r.process(t, group, group, group)
		}
	}
	r.stated = len(r.out.groups) > 0
	if !r.stated {
		r.out.groups = []string{defaultGroup}
	}
}

// process adds a process group with the command at a key of t. at is the key that problems of the name have.
func (r *reader) process(t *tomlfile.Table, group, key, at string) {
	switch {
	case group == "":
		t.Refuse("", "a process group needs a name")
	case strings.HasPrefix(group, "fly_app_"):
		t.Refuse(at, "must not begin with fly_app_, which Fly reserves: choose another name")
	}
	r.out.groups = append(r.out.groups, group)
	r.out.commands[group] = r.words(t, key)
}

// processList reads the list of older files: [[processes]] with name and command, or a list without tables, which
// states no group.
func (r *reader) processList(root *tomlfile.Table, list []any) {
	if !slices.ContainsFunc(list, isTable) {
		if len(list) > 0 {
			r.warn(root, "processes", "Fly ignores a list of texts: write a table [processes] with a command for each group")
		}
		return
	}
	for _, t := range root.Tables("processes") {
		if t.Has("name") {
			r.process(t, tomlfile.Or(t.String("name"), ""), "command", "name")
		}
	}
	slices.Sort(r.out.groups)
	r.out.groups = slices.Compact(r.out.groups)
}

func isTable(v any) bool {
	_, ok := v.(map[string]any)
	return ok
}

// env reads [env]. It converts every single value to text, because environment variables are text, and merges a list
// of tables.
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

// init reads the command settings of all groups; a group's own command in [processes] has precedence over
// experimental.cmd.
func (r *reader) init(root *tomlfile.Table) {
	t := root.Table("experimental")
	r.out.init = fly.MachineInit{
		Cmd:        unsplitWords(t, "cmd"),
		Entrypoint: unsplitWords(t, "entrypoint"),
		Exec:       unsplitWords(t, "exec"),
		SwapSizeMB: root.Int("swap_size_mb"),
	}
	if v := r.out.init.SwapSizeMB; v != nil && *v < 0 {
		root.Refuse("swap_size_mb", "must not be negative")
	}
}

// unsplitWords reads a command of [experimental]. As in flyctl, text is a single word with its spaces.
func unsplitWords(t *tomlfile.Table, key string) []string {
	if text, ok := t.Any(key).(string); ok {
		return []string{text}
	}
	return t.Strings(key)
}

// words reads a command: text is split into words like in a shell, a list is left as it is.
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
