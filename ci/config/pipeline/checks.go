package pipeline

import (
	"path"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/renewa/pipeline/ci/config/tomlfile"
)

// A Toolbox is the image of all checks that name no image.
type Toolbox struct {
	Target string   // a stage of the Dockerfile: dependencies are installed once
	Files  []string // all files that the stage is built from; empty: every file
	Image  string   // instead of a stage
}

// A Check is a step that pipeline.toml states as commands.
type Check struct {
	Name    string
	Run     []string // shell commands; all of them run, also after a failure
	Image   string   // empty: the toolbox's
	Files   []string // all files that the check reads: the check runs again when one changes; empty: every file
	Env     map[string]string
	Timeout time.Duration
	JUnit   []string // JUnit reports of its tests, or folders of such reports; a run without a test fails
	Reports []string // other files and folders to keep
	Says    string   // text that the output must contain
}

// describeReserved describes the step of this name, which no check may have; empty for a free name. The names of the scanners
// are free without [scan].
func describeReserved(name string) string {
	s, isStep := knownStep(name)
	switch {
	case !isStep || s.Table == checkTable || s.Table == scanTable:
		return ""
	case s.Table == "":
		return "the step that builds the image"
	}
	return "the step of [" + s.Table + "]"
}

var validCheck = regexp.MustCompile(`^[a-z][a-z0-9-]*$`)

func (p *parser) checks(root *tomlfile.Table) {
	p.toolbox(root.Table("toolbox"))
	lines := map[string]int{}
	for _, t := range root.Tables(checkTable) {
		c := p.check(t)
		at, taken := lines[c.Name]
		switch {
		case c.Name == "":
		case describeReserved(c.Name) != "":
			t.Refuse("name", "%q is reserved for %s: choose another name", c.Name, describeReserved(c.Name))
		case !validCheck.MatchString(c.Name):
			t.Refuse("name", "%q must be lower-case letters, digits and -, a letter first", c.Name)
		case taken:
			t.Refuse("name", "check %q is already on line %d: choose another name", c.Name, at)
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
		t.Refuse("", "must have target (a stage of the Dockerfile) or image, and not both")
	case b.Image != "" && b.Files != nil:
		t.Refuse("files", "belongs to target, because an image is not built from files: remove files, or use target")
	}
	p.config.Toolbox = b
}

func (p *parser) check(t *tomlfile.Table) Check {
	c := Check{
		Name:    requiredText(t, "name", "the name of the check"),
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
		t.Refuse("run", "must be a list of commands, none of them empty")
	}
	if c.Image == "" && p.config.Toolbox == nil {
		t.Refuse("", "image is missing, and pipeline.toml has no [toolbox] to run the check in")
	}
	return c
}

// defaultTimeout is the timeout of a step that states none.
const defaultTimeout = 10 * time.Minute

func timeout(t *tomlfile.Table) time.Duration { return duration(t, "timeout", defaultTimeout) }

// folders reads a list of paths or patterns, and refuses those that are not below the app's context.
func folders(t *tomlfile.Table, key string) []string {
	list := t.Strings(key)
	for _, v := range list {
		if v == "" || path.IsAbs(v) || slices.Contains(strings.Split(v, "/"), "..") {
			t.Refuse(key, "%q must be a path below the app's context", v)
		}
	}
	return list
}
