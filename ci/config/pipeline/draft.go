package pipeline

import (
	"fmt"
	"slices"
	"strings"

	"github.com/renewa/pipeline/ci/config/secret"
	"github.com/renewa/pipeline/ci/config/spelling"
	"github.com/renewa/pipeline/ci/config/tomlfile"
)

// A Draft is a pipeline.toml that is being checked against the other files of the repository. It collects all problems;
// only Config returns its values.
type Draft struct {
	config   Config
	counts   map[string]count           // by environment
	at       map[string]*tomlfile.Table // of each environment, by name
	apps     map[string]string          // by environment: the app of its fly.toml
	problems tomlfile.Problems
}

// Strict reports whether unknown keys in a fly.toml are errors.
func (d *Draft) Strict() bool { return d.config.Strict }

// App returns what [app] states, without what a fly.toml adds.
func (d *Draft) App() App { return d.config.App }

// Secrets returns the declared secrets.
func (d *Draft) Secrets() []secret.Requirement { return d.config.Secrets }

// Stages returns the environments that name a fly.toml of their own, followed by the template of the previews if there
// is one.
func (d *Draft) Stages() []Stage {
	seen := map[string]bool{"": true}
	return slices.DeleteFunc(d.config.withPreview(), func(s Stage) bool {
		again := seen[s.Config]
		seen[s.Config] = true
		return again
	})
}

// Missing adds a problem: an environment names a fly.toml that does not exist. files has those that exist.
func (d *Draft) Missing(s Stage, files []string) {
	advice := spelling.DidYouMean(s.Config, files)
	switch {
	case advice == "" && len(files) > 0:
		advice = ": name one that exists: " + strings.Join(files, ", ")
	case advice == "":
		advice = ": add it, or name the fly.toml of this environment"
	}
	d.problems = append(d.problems, d.at[s.Name].Problem("config", "%s does not exist%s", s.Config, advice))
}

// Claim records the app of an environment's fly.toml. Config refuses two environments with one app.
func (d *Draft) Claim(s Stage, app string) { d.apps[s.Name] = app }

// Count returns the number of machines on an environment's first deploy by process group; nil unless pipeline.toml
// states it by group. A group that is not among groups, those of the environment's fly.toml, is a problem.
func (d *Draft) Count(s Stage, groups []string) map[string]int {
	c := d.counts[s.Name]
	for group := range c.by {
		if !slices.Contains(groups, group) {
			d.problems = append(d.problems, c.at.Problem(group, "unknown process group %q%s; %s has %s",
				group, spelling.DidYouMean(group, groups), s.Config, strings.Join(groups, ", ")))
		}
	}
	return c.by
}

// Config returns the values, or all problems as a tomlfile.Problems.
func (d *Draft) Config() (Config, error) {
	if err := append(d.problems, d.sharedApps()...).Sorted().OrNil(); err != nil {
		return Config{}, err
	}
	return d.config, nil
}

// sharedApps returns a problem for each Fly app that two environments, or an environment and a database, have in
// common.
func (d *Draft) sharedApps() (problems tomlfile.Problems) {
	owner := map[string]string{}
	claim := func(app, stage, as string) {
		if first, taken := owner[app]; taken && app != "" {
			problems = append(problems, tomlfile.Problem{
				File: d.config.file, Line: d.at[stage].Line(),
				Text: fmt.Sprintf("%s and %s are both the app %s: one deploy would replace the other", first, as, app),
			})
			return
		}
		owner[app] = as
	}
	stages := d.config.withPreview()
	for _, s := range stages {
		claim(d.apps[s.Name], s.Name, "environment "+s.Name)
	}
	for _, s := range stages {
		if s.Database != nil && !sharesDatabaseApp(stages, s) {
			claim(s.Database.App, s.Name, "the database of "+s.Name)
		}
	}
	return problems
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
