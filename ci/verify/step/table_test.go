package step_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/renewa/pipeline/ci/golden"
	"github.com/renewa/pipeline/ci/verify/step"
)

var asked = time.Date(2026, 1, 1, 12, 0, 0, 600_000_000, time.UTC)

func TestATableNamesEveryStepThatDidNotPass(t *testing.T) {
	passed := step.Verdict{Step: "typecheck", Status: step.Passed, Started: asked.Add(-time.Hour), Seconds: 3.44}
	code := 1
	failed := step.Verdict{
		Step: "lint", Status: step.Failed, Started: asked.Add(time.Second), Seconds: 1.21,
		Reasons:  []string{"`biome ci .` ended with code 1"},
		Commands: []step.Command{{Run: "biome ci .", Code: &code, Last: []string{"App.tsx:3 unused variable"}}},
	}
	image := step.Row{Name: "image", Status: step.Passed, Seconds: 0.8, Call: step.Call("image")}
	absent := step.Row{Name: "audit", Status: step.NotRun, Seconds: 0.6, Call: step.Call("audit"), Report: "step audit could not run in nothing:1: not found"}

	passed.Notes = []string{"the database is a sample"}
	image.Notes = passed.Notes

	all := step.Table{step.RowOf(passed, asked), image}
	require.Empty(t, all.Bad())
	golden.Equal(t, "passed-table.txt", all.String())

	some := step.Table{step.RowOf(failed, asked), step.RowOf(passed, asked), absent, image}
	require.Len(t, some.Bad(), 2)
	golden.Equal(t, "failed-table.txt", some.String())
}

func TestAStepThatFailsAfterItWasLeftUncheckedFailsCi(t *testing.T) {
	v := step.Verdict{Step: step.CompatibilityStep, Status: step.Passed}
	v.LeaveUnchecked(true, "no Fly")
	v.Fail("the report is gone")
	require.Len(t, step.Table{step.RowOf(v, time.Now())}.Bad(), 1)
}

func TestAStepThatIsNotCheckedFailsCiUnlessPipelineTomlAllowsIt(t *testing.T) {
	image := step.Row{Name: "image", Status: step.Passed, Seconds: 0.8, Call: step.Call("image")}
	v := step.Verdict{
		Step: "compatibility", Status: step.Passed, Started: asked.Add(time.Second), Seconds: 0.2,
		Headline: "compatibility not checked: no Fly",
	}
	v.LeaveUnchecked(false, "no Fly: --token is not given. Give --token")
	refused := step.Table{step.RowOf(v, asked), image}
	require.Len(t, refused.Bad(), 1)
	golden.Equal(t, "unchecked-table.txt", refused.String())

	v.Allowed = true
	allowed := step.Table{step.RowOf(v, asked), image}
	require.Empty(t, allowed.Bad())
	golden.Equal(t, "allowed-table.txt", allowed.String())

	v = step.Verdict{Status: step.Failed}
	v.LeaveUnchecked(true, "no Fly")
	require.Equal(t, step.Failed, v.Status)
	require.True(t, v.Fails())
}

func TestATableNamesTheSlowestStep(t *testing.T) {
	a := step.Table{{Name: "lint", Waited: 2}, {Name: "end-to-end", Waited: 61.2}, {Name: "image", Waited: 40}}
	require.Equal(t, "62.0 s; the slowest step was end-to-end (61.2 s)\n", a.Took(62))
	require.Empty(t, step.Table{}.Took(1))
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
		s := step.RowOf(step.Verdict{Started: asked.Add(c.began)}, asked)
		require.Equal(t, c.cached, *s.Cached, reason)
	}
}

func TestATableOfOneStepCountsNothing(t *testing.T) {
	require.Contains(t, step.Table{{Name: "lint", Status: step.Passed}}.String(), "\nthe one step passed\n")
	require.Contains(t, step.Table{{Name: "lint", Status: step.NotRun}}.String(), "\nthe one step did not pass: lint\n")
}

func TestTheReasonWhyAStepRanIsASentence(t *testing.T) {
	ran := false
	for want, changed := range map[string][]string{
		"no: previous image changed ":         {"pin previous image"},
		"no: run changed ":                    {"argument run"},
		"no: app/a.ts changed and 1 more ":    {"app/a.ts", "app/b.ts"},
		"no: app/a.ts is gone ":               {"app/a.ts (gone)"},
		"no: first run on this engine ":       {step.FirstRun},
		"no: nothing changed; the engine no ": {step.Forgotten},
	} {
		require.Contains(t, step.Table{{Name: "lint", Status: step.Passed, Cached: &ran, Changed: changed}}.String(), want)
	}
}
