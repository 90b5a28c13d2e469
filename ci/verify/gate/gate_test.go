package gate_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/renewa/pipeline/ci/golden"
	"github.com/renewa/pipeline/ci/verify/check"
	"github.com/renewa/pipeline/ci/verify/gate"
)

var asked = time.Date(2026, 1, 1, 12, 0, 0, 600_000_000, time.UTC)

func TestAnAnswerNamesEveryStepThatDidNotPass(t *testing.T) {
	passed := check.Verdict{Check: "typecheck", Status: check.Passed, Started: asked.Add(-time.Hour), Seconds: 3.44}
	code := 1
	failed := check.Verdict{
		Check: "lint", Status: check.Failed, Started: asked.Add(time.Second), Seconds: 1.21,
		Reasons:  []string{"`biome ci .` ended with code 1"},
		Commands: []check.Command{{Run: "biome ci .", Code: &code, Last: []string{"App.tsx:3 unused variable"}}},
	}
	image := gate.Step{Name: "image", Result: gate.Passed, Seconds: 0.8, Alone: check.Alone("image")}
	absent := gate.Step{Name: "audit", Result: gate.NotRun, Seconds: 0.6, Alone: check.Alone("audit"), Report: "check audit could not run in nothing:1: not found"}

	passed.Notes = []string{"the database is a sample"}
	image.Notes = passed.Notes

	open := gate.Answer{gate.FromVerdict(passed, asked), image}
	require.Empty(t, open.Bad())
	golden.Equal(t, "open.txt", open.String())

	shut := gate.Answer{gate.FromVerdict(failed, asked), gate.FromVerdict(passed, asked), absent, image}
	require.Len(t, shut.Bad(), 2)
	golden.Equal(t, "shut.txt", shut.String())
}

func TestAnAnswerNamesTheStepThatTheOthersWaitedFor(t *testing.T) {
	a := gate.Answer{{Name: "lint", Waited: 2}, {Name: "end-to-end", Waited: 61.2}, {Name: "image", Waited: 40}}
	require.Equal(t, "62.0 s in all, 61.2 s until end-to-end was there\n", a.Took(62))
	require.Empty(t, gate.Answer{}.Took(1))
}

func TestAStepIsCachedWhenItBeganBeforeItWasAskedFor(t *testing.T) {
	for reason, c := range map[string]struct {
		began  time.Duration
		cached bool
	}{
		"an hour ago":                   {-time.Hour, true},
		"in the second before":          {-1600 * time.Millisecond, true},
		"in the same second, rounded":   {-600 * time.Millisecond, false},
		"a while later, in its own run": {20 * time.Second, false},
	} {
		s := gate.FromVerdict(check.Verdict{Started: asked.Add(c.began)}, asked)
		require.Equal(t, c.cached, *s.Cached, reason)
	}
}
