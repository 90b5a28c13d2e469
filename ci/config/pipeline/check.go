package pipeline

import (
	"fmt"
	"slices"

	"github.com/renewa/pipeline/ci/config/tomlfile"
)

// Check returns an error when two environments, or an environment and a database, have the same Fly app. The argument
// has the app of each fly.toml by the environment's name, and the app of the previews' template by "preview".
func (f Config) Check(apps map[string]string) error {
	var problems tomlfile.Problems
	owner := map[string]string{}
	claim := func(app, stage, as string) {
		if first, taken := owner[app]; taken && app != "" {
			problems = append(problems, tomlfile.Problem{
				File: f.file, Line: f.lines[stage],
				Text: fmt.Sprintf("%s and %s are both the app %s: one deploy would replace the other", first, as, app),
			})
			return
		}
		owner[app] = as
	}
	stages := f.withPreview()
	for _, s := range stages {
		claim(apps[s.Name], s.Name, "environment "+s.Name)
	}
	for _, s := range stages {
		if s.Database != nil && !sharesDatabaseApp(stages, s) {
			claim(s.Database.App, s.Name, "the database of "+s.Name)
		}
	}
	return problems.OrNil()
}

// withPreview returns the environments, followed by the template of the previews if there is one.
func (f Config) withPreview() []Stage {
	stages := slices.Clone(f.Stages)
	if f.preview != nil {
		stages = append(stages, *f.preview)
	}
	return stages
}

// sharesDatabaseApp reports whether an earlier environment has its database in the same app. Parse allows that when
// the databases have different names.
func sharesDatabaseApp(stages []Stage, s Stage) bool {
	for _, earlier := range stages {
		if earlier.Name == s.Name {
			return false
		}
		if earlier.Database != nil && earlier.Database.App == s.Database.App {
			return true
		}
	}
	return false
}
