package gate

import (
	"time"

	"github.com/renewa/pipeline/ci/verify/check"
)

// FromVerdict is the step of a check that was asked for at a time. One that began before was not run for
// whoever asked: what it left was in the engine's cache. Both times are of the engine's clock; a check notes
// whole seconds.
func FromVerdict(v check.Verdict, asked time.Time) Step {
	cached := v.Started.Before(asked.Truncate(time.Second))
	s := Step{Name: v.Check, Result: Passed, Seconds: v.Seconds, Cached: &cached, Alone: check.Alone(v.Check) + v.Flags}
	if !cached {
		s.Changed = v.Changed
	}
	if v.Status != check.Passed {
		s.Result, s.Report = Failed, v.String()
	} else {
		s.Notes = v.Notes
	}
	return s
}
