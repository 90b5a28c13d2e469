package pipeline

import (
	"fmt"
	"path"
	"slices"
	"strings"
)

// Names of the steps that this module knows. The names up to UnitStep are for checks; no check may have another one.
const (
	LintStep           = "lint"
	TypecheckStep      = "typecheck"
	UnitStep           = "unit"
	MigrationsStep     = "migrations"
	CompatibilityStep  = "compatibility"
	EndToEndStep       = "end-to-end"
	TrivyImageStep     = "trivy-image"
	TrivyLockfilesStep = "trivy-lockfiles"
	TrivyConfigStep    = "trivy-config"
	SemgrepStep        = "semgrep"
	GitleaksStep       = "gitleaks"
	AuditStep          = "audit"
	ImageStep          = "image"
)

// A Step is a step that this module knows by name.
type Step struct {
	Name     string
	Table    string // the table of pipeline.toml that states the step; empty: every app has the step
	Function string // the function of the module that runs the step alone, as `dagger call` takes it; empty: none
	stated   func(Config) bool
}

const (
	checkTable = "check"
	scanTable  = "scan"
)

// known has the steps in the order of ci's table, which lists the checks of pipeline.toml before them.
var known = []Step{
	{Name: LintStep, Table: checkTable, Function: LintStep},
	{Name: TypecheckStep, Table: checkTable, Function: TypecheckStep},
	{Name: UnitStep, Table: checkTable, Function: UnitStep},
	{Name: MigrationsStep, Table: "migrations", Function: MigrationsStep, stated: func(f Config) bool { return f.Migrations != nil }},
	{Name: CompatibilityStep, Table: "compatibility", Function: CompatibilityStep, stated: func(f Config) bool { return f.Compatibility != nil }},
	{Name: EndToEndStep, Table: "end_to_end", Function: EndToEndStep, stated: func(f Config) bool { return f.EndToEnd != nil }},
	{Name: TrivyImageStep, Table: scanTable},
	{Name: TrivyLockfilesStep, Table: scanTable},
	{Name: TrivyConfigStep, Table: scanTable},
	{Name: SemgrepStep, Table: scanTable, Function: "scanner " + SemgrepStep},
	{Name: GitleaksStep, Table: scanTable, Function: "scanner " + GitleaksStep},
	{Name: AuditStep, Table: scanTable, Function: "scanner " + AuditStep},
	{Name: ImageStep, Function: ImageStep, stated: func(Config) bool { return true }},
}

// KnownSteps returns the steps that this module knows, in the order of ci's table.
func KnownSteps() []Step { return slices.Clone(known) }

// knownStep returns a known step by name, and whether there is one.
func knownStep(name string) (Step, bool) {
	i := slices.IndexFunc(known, func(s Step) bool { return s.Name == name })
	if i < 0 {
		return Step{}, false
	}
	return known[i], true
}

// Function returns the function of the module that runs this step alone, or "" when only ci does.
func Function(name string) string {
	s, _ := knownStep(name)
	return s.Function
}

// Scanners returns the names of all scanners, in the order of ci's table.
func Scanners() []string {
	var names []string
	for _, s := range known {
		if s.Table == scanTable {
			names = append(names, s.Name)
		}
	}
	return names
}

// StepNames returns the names of the steps that run, in the order of ci's table.
func (f Config) StepNames() []string {
	var names []string
	for _, c := range f.Checks {
		names = append(names, c.Name)
	}
	for _, s := range known {
		if f.states(s) {
			names = append(names, s.Name)
		}
	}
	return names
}

// states reports whether pipeline.toml states a step other than a check.
func (f Config) states(s Step) bool {
	if s.Table == scanTable {
		return f.Scan != nil && f.Scan.runs(s.Name)
	}
	return s.stated != nil && s.stated(f)
}

// Steps returns the names of the steps that run, or only those given: nil is all of them, and an empty list is refused.
// An unknown name is an *UnknownStepError.
func (f Config) Steps(only []string) ([]string, error) {
	all := f.StepNames()
	if only != nil && len(only) == 0 {
		return nil, fmt.Errorf("--only names no step: name some of %s, or leave --only out", strings.Join(all, ", "))
	}
	for _, name := range only {
		if !slices.Contains(all, name) {
			return nil, &UnknownStepError{Name: name, Known: all}
		}
	}
	if len(only) > 0 {
		return only, nil
	}
	return all, nil
}

// Steps returns the names of the scanners that have files to read.
func (s *Scan) Steps() []string {
	return slices.DeleteFunc(Scanners(), func(name string) bool { return !s.runs(name) })
}

// runs reports whether a scanner has files to read. Unless pipeline.toml names the lockfiles, runs assumes that there
// are some.
func (s *Scan) runs(name string) bool {
	switch {
	case s.Lockfiles == nil:
		return true
	case name == TrivyLockfilesStep:
		return len(s.Lockfiles) > 0
	case name == AuditStep:
		return slices.ContainsFunc(s.Lockfiles, func(file string) bool { return slices.Contains(Audited, path.Base(file)) })
	}
	return true
}
