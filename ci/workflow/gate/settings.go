package gate

import (
	"slices"
	"strings"

	"github.com/moby/patternmatcher"

	"github.com/renewa/pipeline/ci/config"
	"github.com/renewa/pipeline/ci/config/pipeline"
	"github.com/renewa/pipeline/ci/config/spelling"
	"github.com/renewa/pipeline/ci/config/tomlfile"
)

// A Job is a [[job]] of pipeline.toml: a job of the workflow that must pass before a change may merge.
type Job struct {
	Name  string
	Needs []string // the jobs that it waits for, which are stated too
	Skips []Skip   // when the job may be skipped; none: never
}

// A Skip allows a job to be skipped on one event.
type Skip struct {
	Event string
	Paths []string // the patterns that every changed file must match; nil: whatever changed
}

// events are the events of GitHub on which the gate can run. pull_request_target is none of them: it runs a fork's change
// with the secrets of the repository.
var events = []string{"pull_request", "merge_group", "push", "schedule", "workflow_dispatch"}

// Table decodes the tables [[job]].
func Table(into *[]Job) config.Table { return pipeline.List("job", into, decode) }

func decode(all []*tomlfile.Table, _ pipeline.Config) []Job {
	var jobs []Job
	lines := map[string]int{}
	for _, t := range all {
		j := Job{Name: pipeline.RequiredText(t, "name", "the job's id in the workflow"), Needs: t.Strings("needs"), Skips: skips(t)}
		if j.Name != "" && !validName.MatchString(j.Name) {
			t.Refuse("name", "%q is no id of a job: use letters, digits, - and _, beginning with a letter or _", j.Name)
		}
		if line, twice := lines[j.Name]; twice {
			t.Refuse("name", "job %q is already on line %d", j.Name, line)
		}
		// A job can only need one above it, so that no job needs itself through others.
		for _, name := range j.Needs {
			if _, above := lines[name]; !above {
				t.Refuse("needs", "no [[job]] above this one has the name %q: write a job below the jobs that it needs", name)
			}
		}
		lines[j.Name] = t.Line()
		jobs = append(jobs, j)
	}
	return jobs
}

func skips(job *tomlfile.Table) []Skip {
	var list []Skip
	for _, t := range job.Tables("skip") {
		s := Skip{Event: pipeline.RequiredText(t, "event", "the event on which the job may be skipped"), Paths: t.Strings("paths")}
		if s.Event != "" && !slices.Contains(events, s.Event) {
			t.Refuse("event", "unknown event %q%s; the events are %s", s.Event, spelling.DidYouMean(s.Event, events), strings.Join(events, ", "))
		}
		if s.Paths != nil && len(s.Paths) == 0 {
			t.Refuse("paths", "names no pattern: leave paths out when any file may have changed")
		}
		if _, err := patternmatcher.New(s.Paths); err != nil || slices.Contains(s.Paths, "") {
			t.Refuse("paths", "must be patterns of files, as in .dockerignore: %q", s.Paths)
			s.Paths = []string{}
		}
		list = append(list, s)
	}
	return list
}
