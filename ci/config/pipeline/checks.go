package pipeline

import (
	"path"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/renewa/pipeline/ci/config/tomlfile"
)

// ImageStep is the step of every app: that its image builds. No check has its name.
const ImageStep = "image"

// A Toolbox is where checks run that name no image of their own.
type Toolbox struct {
	Target string   // a stage of the Dockerfile, so that dependencies are installed once
	Files  []string // all that the stage is built from; empty is everything
	Image  string   // instead of a stage
}

// A Check is something that a change must pass.
type Check struct {
	Name    string
	Run     []string // shell commands; each of them runs, whatever the others say
	Image   string   // empty is the toolbox
	Files   []string // all that it reads, so that it runs when they change; empty is everything
	Env     map[string]string
	Timeout time.Duration
	JUnit   []string // files, or folders of them, that count its tests; a run of no test fails
	Reports []string // other files and folders to keep
	Says    string   // text of its output without which it did not do its work
}

// CheckNamed finds a check by name, or returns an *UnknownCheckError.
func (f Config) CheckNamed(name string) (Check, error) {
	names := make([]string, len(f.Checks))
	for i, c := range f.Checks {
		if names[i] = c.Name; c.Name == name {
			return c, nil
		}
	}
	return Check{}, &UnknownCheckError{Name: name, Known: names}
}

// reserved are the names of steps that are no checks, and what they do.
var reserved = map[string]string{ImageStep: "builds the image", EndToEndStep: "runs [end_to_end]", MigrationsStep: "tries [migrations]", CompatibilityStep: "tries [compatibility]"}

var validCheck = regexp.MustCompile(`^[a-z][a-z0-9-]*$`)

func (p *parser) checks(root *tomlfile.Table) {
	p.toolbox(root.Table("toolbox"))
	lines := map[string]int{}
	for _, t := range root.Tables("check") {
		c := p.check(t)
		at, taken := lines[c.Name]
		switch {
		case c.Name == "":
		case reserved[c.Name] != "":
			t.Refuse("name", "%q is the step that %s", c.Name, reserved[c.Name])
		case !validCheck.MatchString(c.Name):
			t.Refuse("name", "%q must be lower-case letters, digits and -, a letter first", c.Name)
		case taken:
			t.Refuse("name", "there is a check %q on line %d already", c.Name, at)
		}
		lines[c.Name] = t.Line()
		p.config.Checks = append(p.config.Checks, c)
	}
}

func (p *parser) toolbox(t *tomlfile.Table) {
	if t == nil {
		return
	}
	b := &Toolbox{
		Target: tomlfile.Or(t.String("target"), ""),
		Image:  tomlfile.Or(t.String("image"), ""),
		Files:  folders(t, "files"),
	}
	switch {
	case (b.Target == "") == (b.Image == ""):
		t.Refuse("", "it needs a target, which is a stage of the Dockerfile, or an image")
	case b.Image != "" && b.Files != nil:
		t.Refuse("files", "an image is not built, so it has none")
	}
	p.config.Toolbox = b
}

func (p *parser) check(t *tomlfile.Table) Check {
	c := Check{
		Name:    required(t, "name", "what to call the check"),
		Run:     t.Strings("run"),
		Image:   tomlfile.Or(t.String("image"), ""),
		Files:   folders(t, "files"),
		Env:     texts(t.Table("env")),
		Timeout: timeout(t),
		JUnit:   folders(t, "junit"),
		Reports: folders(t, "reports"),
		Says:    tomlfile.Or(t.String("says"), ""),
	}
	if !t.Has("run") {
		t.Refuse("", "run is missing: the commands of the check")
	} else if c.Run != nil && (len(c.Run) == 0 || slices.Contains(c.Run, "")) {
		t.Refuse("run", "must be commands, and none of them empty")
	}
	if c.Image == "" && p.config.Toolbox == nil {
		t.Refuse("", "image is missing, and there is no [toolbox] to run it in")
	}
	return c
}

// patience is for a check that states no timeout.
const patience = 10 * time.Minute

func timeout(t *tomlfile.Table) time.Duration { return duration(t, "timeout", patience) }

// folders are paths or patterns below the app's context.
func folders(t *tomlfile.Table, key string) []string {
	list := t.Strings(key)
	for _, v := range list {
		if v == "" || path.IsAbs(v) || slices.Contains(strings.Split(v, "/"), "..") {
			t.Refuse(key, "%q is not below the app's context", v)
		}
	}
	return list
}

// Steps are the names of those that run: all checks and the image, or only some, each of which must exist.
func (f Config) Steps(only []string) ([]string, error) {
	var all []string
	for _, c := range f.Checks {
		all = append(all, c.Name)
	}
	if f.EndToEnd != nil {
		all = append(all, EndToEndStep)
	}
	if f.Migrations != nil {
		all = append(all, MigrationsStep)
	}
	if f.Compatibility != nil {
		all = append(all, CompatibilityStep)
	}
	if f.Scan != nil {
		all = append(all, f.Scan.Steps()...)
	}
	all = append(all, ImageStep)
	for _, name := range only {
		if !slices.Contains(all, name) {
			return nil, &UnknownCheckError{Name: name, Known: all}
		}
	}
	if len(only) > 0 {
		return only, nil
	}
	return all, nil
}
