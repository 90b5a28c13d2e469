package step_test

import (
	"errors"
	"io/fs"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/renewa/pipeline/ci/verify/step"
)

func TestAStepThatDidNotRunAtAnEarlierCallIsRunAgain(t *testing.T) {
	began := time.Date(2026, 1, 1, 12, 0, 0, 600_000_000, time.UTC)
	earlier, now := step.Verdict{Started: began.Add(-time.Minute)}, step.Verdict{Started: began.Truncate(time.Second)}
	for reason, c := range map[string]struct {
		attempt step.Attempt
		again   bool
		want    bool
	}{
		"it did not run at an earlier call":  {step.Attempt{true, earlier, errAway}, false, true},
		"it did not run at this call":        {step.Attempt{true, now, errAway}, false, false},
		"it ran at an earlier call":          {step.Attempt{true, earlier, nil}, false, false},
		"it left nothing":                    {step.Attempt{false, step.Verdict{}, errAway}, false, false},
		"the call itself demanded a new run": {step.Attempt{true, earlier, errAway}, true, false},
	} {
		require.Equal(t, c.want, c.attempt.Stale(began, c.again), reason)
	}
}

func TestResultsAreJudgedOnlyWhenTheyCanBeRead(t *testing.T) {
	check := step.Check{Name: "unit", Run: []string{"true"}, Timeout: time.Minute}
	judged := func(_ fs.FS, v *step.Verdict) error { v.Fail("one reason"); return errAway }
	v, err := step.ReadResults(left(nil), check, " --previous none", judged)
	require.Equal(t, errAway, err)
	require.Equal(t, []any{step.Failed, " --previous none"}, []any{v.Status, v.Flags})
	v, err = step.ReadResults(left(nil), check, "", nil)
	require.NoError(t, err)
	require.Equal(t, step.Passed, v.Status)
	_, err = step.ReadResults(left(map[string]string{"run/started": "yesterday"}), check, "", func(fs.FS, *step.Verdict) error {
		panic("unreadable results were judged")
	})
	require.ErrorContains(t, err, "the results of step unit cannot be read")
}

func TestTheErrorOfAStepThatCouldNotRunHasTheCauseAndTheCallThatRepeatsIt(t *testing.T) {
	err := step.NotRunError("compatibility", " --previous none", errors.New("inputs: start x1 (aliased as db): exit code: 1"))
	require.EqualError(t, err, "step compatibility could not run: the service db did not start: it ended with code 1; its output is above, its image in pipeline.toml\nto run it alone: dagger call compatibility --previous none")
	check := step.Check{Timeout: 10 * time.Minute}
	require.Equal(t, 30*time.Minute, step.Limit(check))
	require.ErrorContains(t, step.LateError(check), "did not end within 30m0s: its image was still being built")
}

func TestTheErrorOfABuildHasTheLastLinesOfTheCommandThatFailed(t *testing.T) {
	require.NoError(t, step.BuildError(nil, nil))
	require.EqualError(t, step.BuildError(errors.New("load xxh3:1: inputs: no such stage"), nil), "no such stage")
	failed := &step.CommandError{Code: 2, Stdout: "compiling\n", Stderr: strings.Repeat("x\n", 50) + "syntax error\n"}
	text := step.BuildError(errors.New("exit code: 2"), failed).Error()
	require.True(t, strings.HasPrefix(text, "a command of the image build failed with exit code 2\n  x\n"), text)
	require.True(t, strings.HasSuffix(text, "\n  syntax error"), text)
	require.NotContains(t, text, "compiling", "only the last lines")
}

func TestTheRowOfABuildShowsWhatIsKnownOfItsInputs(t *testing.T) {
	began := time.Date(2026, 1, 1, 12, 0, 0, 0, time.UTC)
	changed := &step.Verdict{Started: began, Changed: []string{"app/a.ts"}}
	cached := &step.Verdict{Started: began.Add(-time.Hour)}
	for reason, c := range map[string]struct {
		err      error
		recorded *step.Verdict
		status   step.Status
		cached   any // nil: not known
		changed  []string
	}{
		"its inputs changed":              {nil, changed, step.Passed, false, []string{"app/a.ts"}},
		"nothing changed":                 {nil, cached, step.Passed, true, nil},
		"what changed is not known":       {nil, nil, step.Passed, nil, nil},
		"it failed, whatever is recorded": {errAway, cached, step.Failed, nil, nil},
	} {
		row := step.BuildRow(step.Build{Name: "image", Began: began, Seconds: 3, Err: c.err}, c.recorded)
		require.Equal(t, []any{c.status, c.changed, "dagger call image", 3.0}, []any{row.Status, row.Changed, row.Call, row.Seconds}, reason)
		if c.cached == nil {
			require.Nil(t, row.Cached, reason)
		} else {
			require.Equal(t, c.cached, *row.Cached, reason)
		}
	}
}

func TestASuiteIsDividedIntoPartsOnlyWhenThereAreSeveral(t *testing.T) {
	self := func(s step.Shard) step.Shard { return s }
	for shards, want := range map[int][]step.Shard{0: nil, 1: nil, 2: {{1, 2}, {2, 2}}} {
		whole, parts := step.Divide(shards, self)
		require.Equal(t, step.Shard{}, whole)
		require.Equal(t, want, parts)
	}
}

func TestACheckRunsInItsOwnImageOrInTheToolbox(t *testing.T) {
	stage, image := &step.Toolbox{Target: "deps"}, &step.Toolbox{Image: "node:24"}
	for reason, c := range map[string]struct {
		check       step.Check
		toolbox     *step.Toolbox
		image, name string
	}{
		"its own":               {step.Check{Image: "alpine:3"}, stage, "alpine:3", "alpine:3"},
		"its own, no toolbox":   {step.Check{Image: "alpine:3"}, nil, "alpine:3", "alpine:3"},
		"the toolbox's image":   {step.Check{}, image, "node:24", "node:24"},
		"a stage of the file":   {step.Check{}, stage, "", "stage deps of app/Dockerfile"},
		"its own before theirs": {step.Check{Image: "alpine:3"}, image, "alpine:3", "alpine:3"},
	} {
		require.Equal(t, c.image, step.ToolImage(c.check, c.toolbox), reason)
		require.Equal(t, c.name, step.ToolName(c.check, c.toolbox, "app/Dockerfile"), reason)
	}
	require.Equal(t, []string{"/src", "/src", "/app"}, []string{step.Workdir(""), step.Workdir("/"), step.Workdir("/app")})
}
