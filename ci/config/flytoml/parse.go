package flytoml

import (
	"regexp"
	"slices"

	"github.com/superfly/fly-go"

	"github.com/renewa/pipeline/ci/config/tomlfile"
)

// An Option changes how Parse reads.
type Option func(*reader)

// Strict makes unknown keys errors. Fly ignores an unknown key, so a misspelt setting would silently have no effect.
func Strict(yes bool) Option { return func(r *reader) { r.strict = yes } }

// Parse reads a fly.toml. The error is a tomlfile.Problems with all problems at once, each with file, line and key.
// Parse returns warnings about suspicious lines, also together with an error.
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
	if c.definition, err = f.JSON(); err != nil {
		f.Root().Refuse("", "Fly keeps this file as JSON, which has no such value: %v", err)
	}
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
	stated   bool // the file has process groups
	warnings []Warning
	out      parsed
}

func (r *reader) config(root *tomlfile.Table) Config {
	c := Config{
		App:           appName(root),
		PrimaryRegion: tomlfile.Or(root.String("primary_region"), ""),
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
	c.Deploy = r.deploy(root)
	r.combinations(root, c.Deploy)
	c.Build = r.build(root.Table("build"))
	r.others(root)
	c.parsed = r.out
	return c
}

// validApp is what Fly accepts as the name of a new app.
var validApp = regexp.MustCompile(`^[a-z0-9-]+$`)

func appName(root *tomlfile.Table) string {
	name := root.String("app")
	switch {
	case !root.Has("app"):
		root.Refuse("", "app is missing: the name of the Fly app")
	case name != nil && !validApp.MatchString(*name):
		root.Refuse("app", "%q is no name of a Fly app: write lower-case letters, digits and -", *name)
	}
	return tomlfile.Or(name, "")
}

func (r *reader) warn(t *tomlfile.Table, key, format string, args ...any) {
	r.warnings = append(r.warnings, t.Problem(key, format, args...))
}

// combinations checks settings that are valid alone and invalid together.
func (r *reader) combinations(root *tomlfile.Table, d Deploy) {
	deploy := root.Table("deploy")
	if d.Strategy == Canary && len(r.out.mounts) > 0 {
		deploy.Refuse("strategy", "a canary is an extra machine, and no volume is free for its mount: use rolling")
	}
	if d.Strategy == BlueGreen && len(r.out.mounts) > 0 {
		r.warn(deploy, "strategy", "each green machine needs a free volume of its own for its mount")
	}
	if (d.Strategy == BlueGreen || d.Strategy == Immediate) && len(r.out.tests) > 0 {
		r.warn(deploy, "strategy", "machine_checks are run by rolling and canary, not by %s", d.Strategy)
	}
	if d.Strategy == BlueGreen && len(r.out.checks) == 0 && !slices.ContainsFunc(r.out.services, hasChecks) {
		deploy.Refuse("strategy", "bluegreen needs a health check, which decides when the new machines take over: add one")
	}
}

func hasChecks(s scoped[fly.MachineService]) bool { return len(s.value.Checks) > 0 }
