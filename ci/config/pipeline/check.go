package pipeline

import (
	"fmt"
	"slices"

	"github.com/renewa/pipeline/ci/config/tomlfile"
)

// Check refuses two stages, or a stage and a database, that would be the same
// Fly app. The apps are those of the stages' configs, by stage; "preview"
// stands for the template of the previews.
func (f Config) Check(apps map[string]string) error {
	var problems tomlfile.Problems
	owner := map[string]string{}
	claim := func(app, stage, as string) {
		if first, taken := owner[app]; taken && app != "" {
			problems = append(problems, tomlfile.Problem{
				File: f.file, Line: f.lines[stage],
				Text: fmt.Sprintf("%s is the app %s, and so is %s: one deploy would replace the other", as, app, first),
			})
			return
		}
		owner[app] = as
	}
	stages := f.withPreview()
	for _, s := range stages {
		claim(apps[s.Name], s.Name, "stage "+s.Name)
	}
	for _, s := range stages {
		if s.Database != nil && !sharesDatabaseApp(stages, s) {
			claim(s.Database.App, s.Name, "the database of "+s.Name)
		}
	}
	return problems.OrNil()
}

// withPreview is the stages with the previews' template as the last.
func (f Config) withPreview() []Stage {
	stages := slices.Clone(f.Stages)
	if f.preview != nil {
		stages = append(stages, *f.preview)
	}
	return stages
}

// sharesDatabaseApp says whether an earlier stage has its database in the same
// app. Parse allows that where the databases have names of their own.
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
