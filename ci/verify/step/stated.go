package step

import (
	"regexp"
	"slices"
	"time"

	"github.com/renewa/pipeline/ci/config"
	"github.com/renewa/pipeline/ci/config/pipeline"
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
	Own     string   // the program of the commands when this module states them: a failure then names it instead of the command line
}

// ToolboxTable decodes [toolbox].
func ToolboxTable(into **Toolbox) config.Table {
	return pipeline.Single("toolbox", into, decodeToolbox)
}

func decodeToolbox(t *tomlfile.Table, _ pipeline.Config) Toolbox {
	b := Toolbox{
		Target: tomlfile.Or(t.String("target"), ""),
		Image:  tomlfile.Or(t.String("image"), ""),
		Files:  pipeline.Folders(t, "files"),
	}
	switch {
	case (b.Target == "") == (b.Image == ""):
		t.Refuse("", "must have target (a stage of the Dockerfile) or image, and not both")
	case b.Image != "" && b.Files != nil:
		t.Refuse("files", "belongs to target, because an image is not built from files: remove files, or use target")
	}
	return b
}

// ChecksTable decodes [[check]].
func ChecksTable(into *[]Check) config.Table { return pipeline.List(CheckTable, into, decodeChecks) }

func decodeChecks(all []*tomlfile.Table, in pipeline.Config) []Check {
	var checks []Check
	lines := map[string]int{}
	for _, t := range all {
		c := decodeCheck(t, in)
		reserved := describeReserved(c.Name, in)
		at, taken := lines[c.Name]
		switch {
		case c.Name == "":
		case reserved != "":
			t.Refuse("name", "%q is reserved for %s: choose another name", c.Name, reserved)
		case !validCheck.MatchString(c.Name):
			t.Refuse("name", "%q must be lower-case letters, digits and -, a letter first", c.Name)
		case taken:
			t.Refuse("name", "check %q is already on line %d: choose another name", c.Name, at)
		}
		lines[c.Name] = t.Line()
		checks = append(checks, c)
	}
	return checks
}

// describeReserved describes the step of this name, which no check may have; empty for a free name. The names of the
// scanners are free without [scan].
func describeReserved(name string, in pipeline.Config) string {
	s, isStep := knownStep(name)
	switch {
	case !isStep || s.Table == CheckTable || s.Table == ScanTable && !in.States(ScanTable):
		return ""
	case s.Table == "":
		return "the step that builds the image"
	case s.Table == ScanTable:
		return "a scanner of [scan]"
	}
	return "the step of [" + s.Table + "]"
}

var validCheck = regexp.MustCompile(`^[a-z][a-z0-9-]*$`)

func decodeCheck(t *tomlfile.Table, in pipeline.Config) Check {
	c := Check{
		Name:    pipeline.RequiredText(t, "name", "the name of the check"),
		Run:     t.Strings("run"),
		Image:   tomlfile.Or(t.String("image"), ""),
		Files:   pipeline.Folders(t, "files"),
		Env:     pipeline.Texts(t.Table("env")),
		Timeout: pipeline.Timeout(t),
		JUnit:   pipeline.Folders(t, "junit"),
		Reports: pipeline.Folders(t, "reports"),
		Says:    tomlfile.Or(t.String("says"), ""),
	}
	if !t.Has("run") {
		t.Refuse("", "run is missing: the commands of the check")
	} else if c.Run != nil && (len(c.Run) == 0 || slices.Contains(c.Run, "")) {
		t.Refuse("run", "must be a list of commands, none of them empty")
	}
	if c.Image == "" && !in.States("toolbox") {
		t.Refuse("", "image is missing, and pipeline.toml has no [toolbox] to run the check in")
	}
	return c
}
