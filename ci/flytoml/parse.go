package flytoml

import (
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/google/shlex"
	"github.com/superfly/fly-go"

	"github.com/renewa/pipeline/ci/tomlfile"
)

// An Option changes how Parse reads.
type Option func(*reader)

// Strict makes unknown keys errors. Fly itself ignores them, and with them
// whatever a misspelt line was to protect.
func Strict(yes bool) Option { return func(r *reader) { r.strict = yes } }

// Parse reads a fly.toml. What is wrong with it comes back all at once as
// tomlfile.Problems, each with file, line and key; what is only suspicious
// comes back as warnings, also beside an error.
func Parse(file string, data []byte, options ...Option) (Config, []Warning, error) {
	f, err := tomlfile.Read(file, data)
	if err != nil {
		return Config{}, nil, err
	}
	r := &reader{file: file}
	for _, option := range options {
		option(r)
	}
	c := r.config(f.Root())
	problems := f.Problems()
	if r.strict {
		problems = append(problems, f.Unknown()...)
	} else {
		r.warnings = append(r.warnings, f.Unknown()...)
	}
	warnings := tomlfile.Problems(r.warnings).Sorted()
	if err := problems.Sorted().OrNil(); err != nil {
		return Config{}, warnings, err
	}
	return c, warnings, nil
}

// A reader fills one Config.
type reader struct {
	file     string
	strict   bool
	warnings []Warning
	out      parsed
}

func (r *reader) config(root *tomlfile.Table) Config {
	c := Config{
		App:           tomlfile.Or(root.String("app"), ""),
		PrimaryRegion: tomlfile.Or(root.String("primary_region"), ""),
	}
	if c.App == "" && !root.Has("app") {
		root.Refuse("", "app is missing: it is the name of the Fly app")
	}
	r.processes(root)
	r.env(root)
	r.init(root)
	r.services(root)
	r.checks(root)
	r.guests(root)
	r.mounts(root)
	r.files(root)
	r.lifecycle(root)
	c.Deploy = r.deploy(root.Table("deploy"))
	r.combinations(root, c.Deploy)
	r.others(root)
	c.parsed = r.out
	return c
}

// processes must come first: the other sections name its groups.
func (r *reader) processes(root *tomlfile.Table) {
	r.out.commands = map[string][]string{}
	t := root.Table("processes")
	for _, group := range t.Keys() {
		switch {
		case group == "":
			t.Refuse("", "a process group needs a name")
		case strings.HasPrefix(group, "fly_app_"):
			t.Refuse(group, "names that begin with fly_app_ belong to Fly")
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
		Cmd:        r.words(t, "cmd"),
		Entrypoint: r.words(t, "entrypoint"),
		Exec:       r.words(t, "exec"),
		SwapSizeMB: root.Int("swap_size_mb"),
	}
	if v := r.out.init.SwapSizeMB; v != nil && *v < 0 {
		root.Refuse("swap_size_mb", "must not be negative")
	}
	if t.Has("auto_rollback") {
		r.warn(t, "auto_rollback", "Fly reads this and does nothing with it")
	}
}

// words is a command: text split as a shell would, or a list taken as it is.
func (r *reader) words(t *tomlfile.Table, key string) []string {
	text, ok := t.Any(key).(string)
	if !ok {
		return t.Strings(key)
	}
	words, err := shlex.Split(text)
	if err != nil {
		t.Refuse(key, "it cannot be split into words: a quote is not closed")
	}
	return words
}

func (r *reader) warn(t *tomlfile.Table, key, format string, args ...any) {
	r.warnings = append(r.warnings, t.Problem(key, format, args...))
}

// combinations are right one by one and wrong together.
func (r *reader) combinations(root *tomlfile.Table, d Deploy) {
	deploy := root.Table("deploy")
	if d.Strategy == Canary && len(r.out.mounts) > 0 {
		deploy.Refuse("strategy", "a canary is one machine more, and there is no free volume for its mount: use rolling")
	}
	if d.Strategy == BlueGreen && len(r.out.mounts) > 0 {
		r.warn(deploy, "strategy", "each green machine needs a free volume of its own for its mount")
	}
	if d.Strategy == BlueGreen && len(r.out.checks) == 0 && !slices.ContainsFunc(r.out.services, hasChecks) {
		deploy.Refuse("strategy", "bluegreen needs a health check to know when green may take over")
	}
}

func hasChecks(s scoped[fly.MachineService]) bool { return len(s.value.Checks) > 0 }

// others are keys of Fly's that mean nothing here, or too much.
func (r *reader) others(root *tomlfile.Table) {
	for _, key := range []string{"build", "console_command"} {
		root.Has(key)
	}
	for _, key := range []string{"machine_config", "container"} {
		if root.Has(key) {
			root.Refuse(key, "machines of several containers are not supported: only one image is promoted")
		}
	}
	experimental := root.Table("experimental")
	for _, key := range slices.Sorted(maps.Keys(ignored)) {
		experimental.Has(key)
	}
	if experimental.Has("machine_config") {
		experimental.Refuse("machine_config", "it would overrule what this file says: not supported")
	}
}

// ignored are experimental keys about how Fly's own client builds and connects.
var ignored = map[string]bool{"enable_consul": true, "enable_etcd": true, "lazy_load_images": true, "use_zstd": true, "attached": true}
