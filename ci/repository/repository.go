// Package repository lists the tables of pipeline.toml with the packages that use them, and loads all that a repository
// states.
package repository

import (
	"fmt"
	"slices"
	"strings"

	"github.com/renewa/pipeline/ci/config"
	"github.com/renewa/pipeline/ci/config/flytoml"
	"github.com/renewa/pipeline/ci/scan"
	"github.com/renewa/pipeline/ci/verify/compatibility"
	"github.com/renewa/pipeline/ci/verify/endtoend"
	"github.com/renewa/pipeline/ci/verify/migration/settings"
	"github.com/renewa/pipeline/ci/verify/step"
	"github.com/renewa/pipeline/ci/verify/trial"
	"github.com/renewa/pipeline/ci/workflow/gate"
)

// A Configuration is everything that a repository states, parsed and checked. Load makes it; nothing parses again.
type Configuration struct {
	config.Config
	Dev     *Dev          // nil when pipeline.toml does not state how to run the app on a developer's machine
	Toolbox *step.Toolbox // nil: none
	Checks  []step.Check

	Trial         *trial.Settings         // nil when pipeline.toml does not state how the image runs in a test
	EndToEnd      *endtoend.Settings      // nil: there are no tests in a browser
	Compatibility *compatibility.Settings // nil: the step does not run
	Scan          *scan.Settings          // nil: no scanner runs
	Migrations    *settings.Migrations    // nil: the step does not run

	Jobs []gate.Job // what the gate over a workflow requires
}

// tables lists every table of pipeline.toml beside [app], [[stage]], [preview] and [[secret]].
func (c *Configuration) tables() []config.Table {
	return []config.Table{
		devTable(&c.Dev),
		step.ToolboxTable(&c.Toolbox),
		step.ChecksTable(&c.Checks),
		trial.Table(&c.Trial),
		endtoend.Table(&c.EndToEnd),
		compatibility.Table(&c.Compatibility),
		scan.Table(&c.Scan),
		settings.Table(&c.Migrations),
		gate.Table(&c.Jobs),
	}
}

// Load reads every file of the configuration once, as config.Load does.
func Load(files config.Files) (Configuration, []flytoml.Warning, error) {
	var c Configuration
	loaded, warnings, err := config.Load(files, c.tables()...)
	if err != nil {
		return Configuration{}, warnings, err
	}
	c.Config = loaded
	return c, warnings, nil
}

// Ignored are the patterns of the files of --source that are not read at all, and GitFiles those of --git that are.
var (
	Ignored  = []string{"**/.git", "**/node_modules", ".test"}
	GitFiles = []string{".git", ".git/**"}
)

// Unread are the patterns of the files that no step reads. Images are built from them all the same.
var Unread = []string{"**/.git", "**/node_modules", "**/.env*", "!**/.env.example", "**/*.md", "**/dist", ".dagger", ".github", ".test"}

// StepNames returns the names of the steps that run, in the order of ci's table: the checks, then the known steps.
func (c Configuration) StepNames() []string {
	var names []string
	for _, check := range c.Checks {
		names = append(names, check.Name)
	}
	for _, s := range step.KnownSteps() {
		if c.runs(s) {
			names = append(names, s.Name)
		}
	}
	return names
}

// runs reports whether a known step runs that is no check.
func (c Configuration) runs(s step.Known) bool {
	switch s.Table {
	case "":
		return true
	case step.CheckTable:
		return false
	case step.ScanTable:
		return c.Scan != nil && slices.Contains(c.Scan.Steps(), s.Name)
	}
	return c.States(s.Table)
}

// Steps returns the names of the steps that run, or only those given: nil is all of them, and an empty list is refused.
// A name that is not among them is an error of step.Missing.
func (c Configuration) Steps(only []string) ([]string, error) {
	all := c.StepNames()
	if only != nil && len(only) == 0 {
		return nil, fmt.Errorf("--only names no step: name some of %s, or leave --only out", strings.Join(all, ", "))
	}
	for _, name := range only {
		if !slices.Contains(all, name) {
			return nil, step.Missing(name, all)
		}
	}
	if len(only) > 0 {
		return only, nil
	}
	return all, nil
}
