package pipeline

import (
	"path"
	"slices"
)

// Names of the steps that this module knows. Those up to UnitStep are names of checks; no check has one of the others.
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
	Table    string // of pipeline.toml, which states the step; empty for a step of every app
	Function bool   // the module has a function of this name
	stated   func(Config) bool
}

const (
	checkTable = "check"
	scanTable  = "scan"
)

// known are the steps in the order of the table of ci, where the checks of pipeline.toml stand first.
var known = []Step{
	{Name: LintStep, Table: checkTable, Function: true},
	{Name: TypecheckStep, Table: checkTable, Function: true},
	{Name: UnitStep, Table: checkTable, Function: true},
	{Name: MigrationsStep, Table: "migrations", Function: true, stated: func(f Config) bool { return f.Migrations != nil }},
	{Name: CompatibilityStep, Table: "compatibility", Function: true, stated: func(f Config) bool { return f.Compatibility != nil }},
	{Name: EndToEndStep, Table: "end_to_end", Function: true, stated: func(f Config) bool { return f.EndToEnd != nil }},
	{Name: TrivyImageStep, Table: scanTable},
	{Name: TrivyLockfilesStep, Table: scanTable},
	{Name: TrivyConfigStep, Table: scanTable},
	{Name: SemgrepStep, Table: scanTable, Function: true},
	{Name: GitleaksStep, Table: scanTable, Function: true},
	{Name: AuditStep, Table: scanTable, Function: true},
	{Name: ImageStep, Function: true, stated: func(Config) bool { return true }},
}

// KnownSteps are the steps that this module knows, in the order of the table of ci.
func KnownSteps() []Step { return slices.Clone(known) }

// knownStep finds a step that this module knows by name.
func knownStep(name string) (Step, bool) {
	i := slices.IndexFunc(known, func(s Step) bool { return s.Name == name })
	if i < 0 {
		return Step{}, false
	}
	return known[i], true
}

// HasFunction is whether the module has a function that runs this step alone.
func HasFunction(name string) bool {
	s, _ := knownStep(name)
	return s.Function
}

// Scanners are the names of all scanners, in order.
func Scanners() []string {
	var names []string
	for _, s := range known {
		if s.Table == scanTable {
			names = append(names, s.Name)
		}
	}
	return names
}

// StepNames are the steps that run, in the order of the table of ci.
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

// states is whether a step other than a check runs.
func (f Config) states(s Step) bool {
	if s.Table == scanTable {
		return f.Scan != nil && f.Scan.runs(s.Name)
	}
	return s.stated != nil && s.stated(f)
}

// Steps are the steps that run, or those named, each of which must exist.
func (f Config) Steps(only []string) ([]string, error) {
	all := f.StepNames()
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

// Steps are the scanners that have something to look at.
func (s *Scan) Steps() []string {
	return slices.DeleteFunc(Scanners(), func(name string) bool { return !s.runs(name) })
}

// runs is whether a scanner has something to look at. Unless pipeline.toml names the lockfiles, that is not known yet.
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
