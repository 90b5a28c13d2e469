package compatibility_test

import (
	"context"
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/renewa/pipeline/ci/release/image"
	"github.com/renewa/pipeline/ci/verify/compatibility"
	"github.com/renewa/pipeline/ci/verify/step"
)

func TestThePreviousImageIsThatOfTheCallOrOfTheLastEnvironment(t *testing.T) {
	runs := func(ref image.Ref, err error) func(context.Context) (image.Ref, error) {
		return func(context.Context) (image.Ref, error) { return ref, err }
	}
	refused := errors.New("refused")
	for reason, c := range map[string]struct {
		given   string
		running func(context.Context) (image.Ref, error)
		want    compatibility.Previous
	}{
		"nothing is given":               {"", runs(stage.Image, nil), compatibility.Previous{Image: stage.Image, From: "environment production"}},
		"nothing is given, nothing runs": {"", runs(image.Ref{}, fmt.Errorf("ask: %w", nothing{})), compatibility.Previous{None: true, From: "environment production"}},
		"nothing is given, no token":     {"", nil, compatibility.Previous{From: "environment production", NoFly: true, Unknown: "--token is not given, so Fly was not asked which image environment production runs"}},
		"nothing is given, no answer":    {"", runs(image.Ref{}, refused), compatibility.Previous{From: "environment production", Unknown: "the image that environment production runs is unknown: refused"}},
		"an image is given":              {stage.Image.String(), func(context.Context) (image.Ref, error) { panic("Fly was asked") }, compatibility.Previous{Image: stage.Image, From: "--previous"}},
		"none, no token":                 {"none", nil, compatibility.Previous{None: true, From: "--previous"}},
		"none, nothing runs":             {"none", runs(image.Ref{}, nothing{}), compatibility.Previous{None: true, From: "--previous", Last: "production"}},
		"none, an image runs":            {"none", runs(stage.Image, nil), compatibility.Previous{None: true, From: "--previous", Last: "production", Runs: stage.Image}},
		"none, no answer":                {"none", runs(image.Ref{}, refused), compatibility.Previous{None: true, From: "--previous", Last: "production", Unverified: "the image that environment production runs is unknown: refused"}},
	} {
		got, err := compatibility.Find(t.Context(), c.given, compatibility.Last{Name: "production", Running: c.running})
		require.NoError(t, err, reason)
		require.Equal(t, c.want, got, reason)
	}
	_, err := compatibility.Find(t.Context(), "shop:latest", compatibility.Last{Name: "production"})
	require.ErrorContains(t, err, "--previous is refused: ")
}

// images are two images without an engine.
type images struct {
	fresh, previous compatibility.Image
	err             error // of Previous
	ran             bool
}

func (i *images) New(context.Context) (compatibility.Image, error) { return i.fresh, nil }
func (i *images) Previous(context.Context, image.Ref) (compatibility.Image, error) {
	return i.previous, i.err
}

func (i *images) Both(_ context.Context, previous, fresh compatibility.Image) (compatibility.Trial, compatibility.Trial, error) {
	i.ran = previous.Suite == i.previous.Suite && fresh.Suite == i.fresh.Suite
	passed := compatibility.Trial{Result: compatibility.Passed}
	return passed, passed, nil
}

func TestImagesRunOnlyWhenBothAreKnownAndHaveASuite(t *testing.T) {
	suite, bare := compatibility.Image{Name: "build-0", Suite: "smoke"}, compatibility.Image{Name: "build-0"}
	none := previous("none")
	runs, unverified := none, none
	runs.Runs, runs.Last = stage.Image, "production"
	unverified.Unverified = "no answer"
	for reason, c := range map[string]struct {
		images images
		before compatibility.Previous
		ran    bool
		reason string // why the check failed
		note   string
		err    string
	}{
		"both":                                      {images: images{fresh: suite, previous: suite}, before: stage, ran: true},
		"the previous image has no suite":           {images: images{fresh: suite, previous: bare}, before: stage, reason: "has no suite"},
		"the new image has no suite":                {images: images{fresh: bare, previous: suite}, before: stage, reason: "the new image has no suite"},
		"the previous image is unknown":             {images: images{fresh: suite}, before: compatibility.Previous{Unknown: "no Fly"}, reason: "no Fly: give the previous image"},
		"it cannot be read":                         {images: images{fresh: suite, err: errAway}, before: stage, err: "the previous image registry.fly.io/shop@" + digest + " cannot be read: no answer"},
		"no Fly was asked":                          {images: images{fresh: suite}, before: compatibility.Previous{Unknown: "no Fly", NoFly: true}},
		"a first release":                           {images: images{fresh: suite}, before: none, note: "a first release (by --previous): there is no previous image"},
		"a first release that Fly does not confirm": {images: images{fresh: suite}, before: unverified, note: "a first release (by --previous), which could not be verified: no answer"},
		"no first release, an image with a suite runs": {
			images: images{fresh: suite, previous: suite}, before: runs,
			err: "--previous none is wrong: environment production runs registry.fly.io/shop@" + digest + ", which has a suite",
		},
		"the first release with a suite": {
			images: images{fresh: suite, previous: bare}, before: runs,
			note: "the first release with a suite (by --previous): environment production runs registry.fly.io/shop@" + digest + ", which has none",
		},
		"no first release, the image that runs cannot be read": {images: images{fresh: suite, err: errAway}, before: runs, err: "no answer"},
	} {
		t.Run(reason, func(t *testing.T) {
			got, err := compatibility.Compare(t.Context(), &c.images, c.before)
			require.Equal(t, c.ran, c.images.ran)
			if c.err != "" {
				require.ErrorContains(t, err, c.err)
				return
			}
			require.NoError(t, err)
			require.Equal(t, c.reason == "", len(got.Reasons) == 0, got.Reasons)
			if c.reason != "" {
				require.Contains(t, got.Reasons[0], c.reason)
			}
			if c.note != "" {
				require.Equal(t, []string{c.note}, got.Notes)
				require.True(t, got.FirstRelease)
				require.Nil(t, got.Previous)
			}
			if c.ran {
				require.Equal(t, []string{stage.Image.String(), stage.From}, []string{got.Previous.Name, got.Previous.From})
				require.True(t, *got.RollbackSafe)
			}
		})
	}
}

var errAway = errors.New("no answer")

func TestTheOtherImageGivesTheReasonWhyASuiteDidNotBegin(t *testing.T) {
	code := func(n int) (step.Verdict, error) { return step.Verdict{Commands: []step.Command{{Code: &n}}}, nil }
	serves := func() (step.Verdict, error) { return step.Verdict{Commands: []step.Command{{}}}, nil }
	away := func() (step.Verdict, error) { return step.Verdict{}, errAway }
	for reason, c := range map[string]struct {
		run, migrate func() (step.Verdict, error)
		timeout      time.Duration
		want         compatibility.Result
		why          string
		err          error
	}{
		"the suite ran": {run: func() (step.Verdict, error) { return code(0) }, want: compatibility.Passed},
		"the release command of the other image failed": {run: away, migrate: func() (step.Verdict, error) { return code(3) }, want: compatibility.NoTrial, why: "ended with code 3"},
		"the other image serves, and was too late":      {run: away, migrate: serves, timeout: -2 * compatibility.StartTime, want: compatibility.NoTrial, why: "did not listen on the port that [trial] names"},
		"the other image serves, and was in time":       {run: away, migrate: serves, err: errAway},
		"neither can run": {run: away, migrate: away, err: errAway},
	} {
		got, err := compatibility.Attempt{
			Name: compatibility.PreviousOnNew, Suite: "smoke", Timeout: c.timeout,
			Run:     func(context.Context) (step.Verdict, error) { return c.run() },
			Migrate: func(context.Context) (step.Verdict, error) { return c.migrate() },
		}.Trial(t.Context())
		require.ErrorIs(t, err, c.err, reason)
		require.Equal(t, []any{c.want, c.why}, []any{got.Result, got.Why}, reason)
		if c.err != nil {
			require.EqualError(t, err, "the tests previous-on-new-schema cannot be run: no answer", reason)
		}
	}
}

func TestTheCallThatRepeatsTheStepHasThePreviousImage(t *testing.T) {
	require.Empty(t, compatibility.Flags(""))
	require.Equal(t, " --previous none", compatibility.Flags("none"))
}
