package compatibility_test

import (
	"errors"
	"fmt"
	"testing"
	"testing/fstest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/renewa/pipeline/ci/golden"
	"github.com/renewa/pipeline/ci/verify/compatibility"
	"github.com/renewa/pipeline/ci/verify/step"
)

const digest = "sha256:1111111111111111111111111111111111111111111111111111111111111111"

var (
	began    = time.Date(2026, 1, 1, 12, 0, 0, 0, time.UTC)
	stage    = previous("registry.fly.io/shop@" + digest)
	first    = []string{"1_orders.sql"}
	second   = []string{"1_orders.sql", "2_drop_note.sql"}
	works    = compatibility.Trial{Result: compatibility.Passed, Started: began, Seconds: 4.04}
	waits    = compatibility.Trial{Result: compatibility.Waits, Why: "its suite `smoke` reports it", Last: []string{"not ready: 2 is needed"}, Started: began, Seconds: 3.5}
	notTried = compatibility.Trial{Result: compatibility.NoTrial, Why: "ended with code 1"}
	broken   = compatibility.Trial{
		Result: compatibility.Failed, Why: "its suite `smoke` ended with code 1",
		Last:    []string{"failed  the list is there: 503", `GET /orders: column "note" does not exist`},
		Started: began.Add(-time.Second), Seconds: 5.1,
	}
)

func previous(text string) compatibility.Previous {
	p, err := compatibility.Given(text)
	if err != nil {
		panic(err)
	}
	return p
}

// report is of two images with a suite each, on two trials.
func report(before, after []string, old, fresh compatibility.Trial) compatibility.Report {
	return compatibility.Report{
		New:           compatibility.Image{Name: "build-0123456789abcdef", From: "these sources", Suite: "smoke", Migrations: after},
		Previous:      &compatibility.Image{Name: stage.Image.String(), From: "environment production", Suite: "smoke", Migrations: before},
		PreviousOnNew: &old, NewOnPrevious: &fresh,
	}
}

func TestTheTrialsDecide(t *testing.T) {
	for reason, c := range map[string]struct {
		report compatibility.Report
		safe   bool
		says   string // in the only reason; empty when it passes
	}{
		"both work":                                     {report(first, second, works, works), true, ""},
		"the new one waits for its migration":           {report(first, second, works, waits), true, ""},
		"who knows what it waits for":                   {report(nil, second, works, waits), true, ""},
		"it waits, and there is no migration":           {report(first, first, works, waits), true, "although it has no new migration to wait for"},
		"it takes requests on a schema it is not up to": {report(first, second, works, broken), true, "does not report that it is not ready"},
		"the one before is broken":                      {report(first, second, broken, waits), false, "a rollback is not safe: the previous image does not work on the new schema: its suite `smoke` ended with code 1"},
		"the one before is not ready":                   {report(first, second, waits, works), false, "does not work on the new schema"},
		"the change is behind what was released":        {report(second, first, works, works), false, "have migrations that the new image lacks: 2_drop_note.sql"},
	} {
		t.Run(reason, func(t *testing.T) {
			got := c.report.Judged(stage)
			require.True(t, got.Checked)
			require.Equal(t, c.safe, *got.RollbackSafe)
			if c.says == "" {
				require.Empty(t, got.Reasons)
				return
			}
			require.Len(t, got.Reasons, 1)
			require.Contains(t, got.Reasons[0], c.says)
		})
	}
}

func TestACheckThatCannotRunFailsExceptOnAFirstRelease(t *testing.T) {
	image := compatibility.Image{Name: "build-0", Suite: "smoke"}
	bare := image
	bare.Suite = ""
	for reason, c := range map[string]struct {
		report compatibility.Report
		before compatibility.Previous
		says   string
	}{
		"a first release":                 {compatibility.Report{New: image}, previous("none"), ""},
		"no image before is known":        {compatibility.Report{New: image}, compatibility.Previous{Unknown: "no Fly is set up"}, "no Fly is set up: give the previous image by --previous"},
		"the one before has no suite":     {compatibility.Report{New: image, Previous: &bare}, stage, "has no label pipeline.smoke"},
		"the new one does not come up":    {report(first, second, notTried, waits), stage, "on an empty database the new image, with its release command, ended with code 1"},
		"the one before does not come up": {report(first, second, works, notTried), stage, "on an empty database the previous image, with its release command, ended"},
		"the new one has no suite":        {compatibility.Report{New: bare}, previous("none"), "label it pipeline.smoke=COMMAND"},
	} {
		t.Run(reason, func(t *testing.T) {
			got := c.report.Judged(c.before)
			require.False(t, got.Checked)
			require.Nil(t, got.RollbackSafe)
			if c.says == "" {
				require.Empty(t, got.Reasons)
				require.Equal(t, []string{"a first release (by --previous): there is no previous image"}, got.Notes)
				return
			}
			require.Contains(t, got.Reasons[0], c.says)
		})
	}
}

func TestTheTextAndJSONOfAReport(t *testing.T) {
	for name, r := range map[string]compatibility.Report{
		"safe":  report(first, second, works, waits).Judged(stage),
		"not":   report(first, second, broken, waits).Judged(stage),
		"first": compatibility.Report{New: compatibility.Image{Name: "build-0", From: "these sources", Suite: "smoke"}}.Judged(previous("none")),
	} {
		golden.Equal(t, name+".json", r.JSON())
		golden.Equal(t, name+".txt", r.String()+"\n")
	}
}

func TestTheVerdictIsThatOfTheReportAndAsOldAsItsTrials(t *testing.T) {
	r := report(first, second, broken, waits).Judged(stage)
	v := step.Verdict{Status: step.Passed, Started: began.Add(time.Hour), Seconds: 0.1}
	require.NoError(t, compatibility.Settings{}.Judge(fstest.MapFS{compatibility.File: {Data: []byte(r.JSON())}}, &v))
	require.Equal(t, step.Failed, v.Status)
	require.Equal(t, r.Reasons, v.Reasons)
	require.Equal(t, r.Notes, v.Notes)
	require.Equal(t, began.Add(-time.Second), v.Started)
	require.InDelta(t, 5.1, v.Seconds, 0)
	require.Contains(t, v.Details, `column "note" does not exist`)
}

func TestAReportThatIsNotThereOrOfAnotherVersionIsAnError(t *testing.T) {
	for reason, results := range map[string]fstest.MapFS{
		"none":            {},
		"broken":          {compatibility.File: {Data: []byte(`{"version":`)}},
		"another version": {compatibility.File: {Data: []byte(`{"version": 2}`)}},
	} {
		require.Error(t, compatibility.Settings{}.Judge(results, &step.Verdict{}), reason)
	}
}

func TestWithoutFlyTheStepIsNotCheckedAndSaysWhatToDo(t *testing.T) {
	image := compatibility.Image{Name: "build-0", From: "these sources", Suite: "smoke"}
	noFly := compatibility.Running("production", stage.Image, fmt.Errorf("ask: %w", compatibility.ErrNoFly))
	r := compatibility.Report{New: image}.Judged(noFly)
	require.Empty(t, r.Reasons)
	golden.Equal(t, "nofly.json", r.JSON())

	for reason, allowed := range map[string]bool{"by default": false, `without_fly = "pass"`: true} {
		v := step.Verdict{Step: "compatibility", Status: step.Passed}
		require.NoError(t, compatibility.Settings{WithoutFly: allowed}.Judge(fstest.MapFS{compatibility.File: {Data: []byte(r.JSON())}}, &v), reason)
		require.Equal(t, step.NotChecked, v.Status, reason)
		require.Equal(t, allowed, v.Allowed, reason)
		require.False(t, v.Fails(), "a call that runs this step alone ends with 0")
		require.Equal(t, "compatibility not checked: no Fly", v.Headline)
		golden.Equal(t, "nofly.txt", v.String())
	}

	image.Suite = ""
	r = compatibility.Report{New: image}.Judged(noFly)
	v := step.Verdict{Step: "compatibility", Status: step.Passed}
	require.NoError(t, compatibility.Settings{WithoutFly: true}.Judge(fstest.MapFS{compatibility.File: {Data: []byte(r.JSON())}}, &v))
	require.Equal(t, step.Failed, v.Status, "an image without a suite fails, with or without Fly")
}

func TestThePreviousImageIsNamedByDigest(t *testing.T) {
	require.Equal(t, "registry.fly.io/shop@"+digest, stage.String())
	require.Equal(t, "none", previous("none").String())
	_, err := compatibility.Given("registry.fly.io/shop:latest")
	require.ErrorContains(t, err, "For a first release, give --previous none")
}

// nothing is an error of an app that runs no image.
type nothing struct{}

func (nothing) Error() string { return "shop runs nothing" }
func (nothing) RunsNothing()  {}

func TestTheHeadlineIsNeitherPassedNorFailedWhenNothingWasTried(t *testing.T) {
	image := compatibility.Image{Name: "build-0", Suite: "smoke"}
	for want, r := range map[string]compatibility.Report{
		"compatibility skipped: first release":                  compatibility.Report{New: image}.Judged(previous("none")),
		"compatibility could not be checked (counts as failed)": compatibility.Report{New: image}.Judged(compatibility.Previous{Unknown: "no Fly is set up"}),
		"": report(first, second, broken, waits).Judged(stage),
	} {
		v := step.Verdict{Step: "compatibility", Status: step.Passed}
		require.NoError(t, compatibility.Settings{}.Judge(fstest.MapFS{compatibility.File: {Data: []byte(r.JSON())}}, &v))
		require.Equal(t, want, v.Headline)
	}
}

func TestAStageThatRunsNothingHasHadNoRelease(t *testing.T) {
	for reason, c := range map[string]struct {
		err  error
		want compatibility.Previous
	}{
		"it runs an image": {nil, compatibility.Previous{Image: stage.Image, From: "environment production"}},
		"it runs nothing":  {fmt.Errorf("ask: %w", nothing{}), compatibility.Previous{None: true, From: "environment production"}},
		"Fly is not there": {errors.New("refused"), compatibility.Previous{Unknown: "the image that environment production runs is unknown: refused", From: "environment production"}},
	} {
		require.Equal(t, c.want, compatibility.Running("production", c.want.Image, c.err), reason)
	}
}
