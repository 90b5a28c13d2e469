// Package gate decides whether a change may merge, from the results of the jobs of its workflow. A required job that GitHub
// skips counts as passed there: the gate is one job that runs always, and passes only when every other job passed or was
// skipped as pipeline.toml allows.
package gate

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/moby/patternmatcher"
)

// A Run is what GitHub reports about a workflow run, as text.
type Run struct {
	Needs   string // ${{ toJSON(needs) }} of the gate's job
	Event   string // ${{ github.event_name }}
	Changed string // the changed files, one a line; empty: unknown
}

// A Row is the decision about one job.
type Row struct {
	Job    string
	Result string
	Passes bool
	Reason string
}

// A Verdict is the decision about a workflow run, one row for each job.
type Verdict struct {
	Event string
	Rows  []Row
}

// Decide returns the verdict. It is an error when pipeline.toml states no job or when the run cannot be read: the gate is
// closed then, too.
func Decide(jobs []Job, run Run) (Verdict, error) {
	if len(jobs) == 0 {
		return Verdict{}, errors.New("pipeline.toml has no [[job]], so the gate is closed: add one for each job that must pass, with its name")
	}
	if run.Event == "" {
		return Verdict{}, errors.New("--event is empty, so the gate is closed: give ${{ github.event_name }}")
	}
	results, err := parseNeeds(run.Needs)
	if err != nil {
		return Verdict{}, err
	}
	changed, err := parseChanged(run.Changed)
	if err != nil {
		return Verdict{}, err
	}
	d := decision{event: run.Event, changed: changed, results: results, passes: map[string]bool{}}
	v := Verdict{Event: run.Event}
	for _, job := range jobs {
		v.Rows = append(v.Rows, d.row(job))
	}
	for _, name := range slices.Sorted(maps.Keys(results)) {
		if !slices.ContainsFunc(jobs, func(j Job) bool { return j.Name == name }) {
			v.Rows = append(v.Rows, d.row(Job{Name: name})) // no [[job]] allows it to be skipped
		}
	}
	return v, nil
}

// A decision is in progress: the jobs come in an order in which each stands below the jobs that it needs.
type decision struct {
	event   string
	changed []string
	results map[string]string
	passes  map[string]bool
}

func (d decision) row(job Job) Row {
	result, present := d.results[job.Name]
	r := Row{Job: job.Name, Result: result}
	switch {
	case !present:
		r.Result, r.Reason = "missing", "the gate's job does not need this job: add the job to its needs"
	case result == success:
		r.Passes, r.Reason = true, "passed"
	case result == skipped:
		r.Passes, r.Reason = d.skip(job)
	case result == failure:
		r.Reason = "failed"
	case result == cancelled:
		r.Reason = "was cancelled before its end: run it again"
	case result == "":
		r.Result, r.Reason = "none", "has no result: it did not run"
	default:
		r.Result, r.Reason = fmt.Sprintf("%q", result), "the gate does not know this result"
	}
	d.passes[job.Name] = r.Passes
	return r
}

// skip decides about a job that was skipped, and returns the reason.
func (d decision) skip(job Job) (bool, string) {
	for _, name := range job.Needs {
		if !d.passes[name] {
			return false, fmt.Sprintf("was skipped because %s did not pass", name)
		}
	}
	reason := "was skipped, and no skip of its [[job]] allows that on " + d.event
	for _, s := range job.Skips {
		if s.Event != d.event {
			continue
		}
		file, allowed := s.allows(d.changed)
		switch {
		case allowed:
			return true, "was skipped, as pipeline.toml allows on " + d.event
		case file == "":
			reason = "was skipped, and the changed files are unknown: give --changed"
		default:
			reason = fmt.Sprintf("was skipped, and %q changed, which is outside of the paths of its skip", file)
		}
	}
	return false, reason
}

// allows reports whether every changed file matches the paths, and returns the first that does not. Unknown files do not
// match.
func (s Skip) allows(changed []string) (file string, allowed bool) {
	if s.Paths == nil {
		return "", true
	}
	m, err := patternmatcher.New(s.Paths)
	for _, file := range changed {
		if err != nil {
			return file, false
		}
		if match, err := m.MatchesOrParentMatches(file); err != nil || !match {
			return file, false
		}
	}
	return "", len(changed) > 0
}

// Closed returns the rows that close the gate.
func (v Verdict) Closed() []Row {
	return slices.DeleteFunc(slices.Clone(v.Rows), func(r Row) bool { return r.Passes })
}

// String returns a line for the verdict and a line for each job.
func (v Verdict) String() string {
	closed := v.Closed()
	text := fmt.Sprintf("the gate is open: all %d jobs passed or were skipped as pipeline.toml allows\n", len(v.Rows))
	if len(closed) > 0 {
		text = fmt.Sprintf("the gate is closed by %d of %d jobs on %s\n", len(closed), len(v.Rows), v.Event)
	}
	width, wide := 0, 0
	for _, r := range v.Rows {
		width, wide = max(width, len(r.Job)), max(wide, len(r.Result))
	}
	for _, r := range v.Rows {
		text += fmt.Sprintf("  %-*s  %-*s  %s\n", width, r.Job, wide, r.Result, r.Reason)
	}
	if len(closed) > 0 {
		text += "Nothing was changed. Read the summary of each of these jobs: it ends with the command that runs the job on a laptop."
	}
	return strings.TrimSuffix(text, "\n")
}

// Err returns the verdict as an error when the gate is closed.
func (v Verdict) Err() error {
	if len(v.Closed()) == 0 {
		return nil
	}
	return errors.New(v.String())
}
