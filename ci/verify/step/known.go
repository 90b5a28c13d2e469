package step

import "slices"

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

// A Known is a step that this module knows by name.
type Known struct {
	Name     string
	Table    string // the table of pipeline.toml that states the step; empty: every app has the step
	Function string // the function of the module that runs the step alone, as `dagger call` takes it; empty: none
}

// Tables of pipeline.toml that state several steps.
const (
	CheckTable = "check"
	ScanTable  = "scan"
)

// known has the steps in the order of ci's table, which lists the checks of pipeline.toml before them.
var known = []Known{
	{Name: LintStep, Table: CheckTable, Function: LintStep},
	{Name: TypecheckStep, Table: CheckTable, Function: TypecheckStep},
	{Name: UnitStep, Table: CheckTable, Function: UnitStep},
	{Name: MigrationsStep, Table: "migrations", Function: MigrationsStep},
	{Name: CompatibilityStep, Table: "compatibility", Function: CompatibilityStep},
	{Name: EndToEndStep, Table: "end_to_end", Function: EndToEndStep},
	{Name: TrivyImageStep, Table: ScanTable},
	{Name: TrivyLockfilesStep, Table: ScanTable},
	{Name: TrivyConfigStep, Table: ScanTable},
	{Name: SemgrepStep, Table: ScanTable, Function: "scanner " + SemgrepStep},
	{Name: GitleaksStep, Table: ScanTable, Function: "scanner " + GitleaksStep},
	{Name: AuditStep, Table: ScanTable, Function: "scanner " + AuditStep},
	{Name: ImageStep, Function: ImageStep},
}

// KnownSteps returns the steps that this module knows, in the order of ci's table.
func KnownSteps() []Known { return slices.Clone(known) }

// knownStep returns a known step by name, and whether there is one.
func knownStep(name string) (Known, bool) {
	i := slices.IndexFunc(known, func(s Known) bool { return s.Name == name })
	if i < 0 {
		return Known{}, false
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
		if s.Table == ScanTable {
			names = append(names, s.Name)
		}
	}
	return names
}
