package repository_test

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/renewa/pipeline/ci/repository"
	"github.com/renewa/pipeline/ci/verify/step"
)

func TestACheckHasTenMinutesUnlessItStatesAnotherTime(t *testing.T) {
	f := loaded(t, lint+"env = { CI = \"1\" }\n"+strings.Replace(lint, "lint", "audit", 1)+"timeout = \"90s\"\n"+minimal)
	if c := f.Checks[0]; c.Timeout != 10*time.Minute || c.Env["CI"] != "1" || !slices.Equal(c.Run, []string{"x"}) {
		t.Errorf("got %+v", c)
	}
	if c := f.Checks[1]; c.Timeout != 90*time.Second {
		t.Errorf("audit has %s", c.Timeout)
	}
}

func TestAStepThatDoesNotRunIsRefusedWithAdvice(t *testing.T) {
	f := loaded(t, lint+minimal)
	scan := loaded(t, "[scan]\nlockfiles = []\n"+minimal)
	for name, c := range map[string]struct {
		config repository.Configuration
		want   string
	}{
		"lnit":          {f, `unknown step "lnit", did you mean "lint"?`},
		"unit":          {f, "pipeline.toml does not state unit: it has no [[check]] with this name"},
		"compatibility": {f, "pipeline.toml does not state compatibility: it has no [compatibility]"},
		"end-to-end":    {f, "pipeline.toml does not state end-to-end: it has no [end_to_end]"},
		"semgrep":       {f, "pipeline.toml does not state semgrep: it has no [scan]"},
		"audit":         {scan, "pipeline.toml does not state audit: [scan] names no lockfile that audit reads"},
	} {
		_, err := c.config.Steps([]string{name})
		require.EqualError(t, err, c.want)
	}
	_, err := f.Steps([]string{"lnit"})
	var unknown *step.UnknownStepError
	require.ErrorAs(t, err, &unknown)
	require.Equal(t, "the steps are lint, image", unknown.Hint())
}

func TestAStepThatPipelineTomlDoesNotStateIsNoFailureOfAFunctionOfItsOwn(t *testing.T) {
	bare := loaded(t, minimal)
	for _, s := range step.KnownSteps() {
		if s.Table == "" {
			continue // every app has the image
		}
		err := step.Missing(s.Name, bare.StepNames())
		text, skipped := step.Skipped(fmt.Errorf("find: %w", err))
		require.True(t, skipped, s.Name)
		require.True(t, strings.HasPrefix(text, s.Name+" skipped: pipeline.toml does not state "+s.Name+": "), text)
	}
	for _, err := range []error{step.Missing("lnit", bare.StepNames()), errors.New("broken"), nil} {
		_, skipped := step.Skipped(err)
		require.False(t, skipped, "%v", err)
	}
}

func TestWithoutFlyHasOneValue(t *testing.T) {
	require.True(t, loaded(t, withTrial+"[compatibility]\nwithout_fly = \"pass\"\n"+minimal).Compatibility.WithoutFly)
	require.False(t, loaded(t, withTrial+"[compatibility]\n"+minimal).Compatibility.WithoutFly)
	_, err := load(withTrial + "[compatibility]\nwithout_fly = \"fail\"\n" + minimal)
	require.EqualError(t, err, `pipeline.toml:5: compatibility.without_fly: must be "pass", not "fail"; without this key, ci fails when the call has no Fly`)
}

func TestAnUnknownTableIsNamedWithItsLineAndTheMostSimilarTable(t *testing.T) {
	for text, want := range map[string]string{
		"[scann]\nthreshold = \"low\"\n":           `pipeline.toml:1: scann: unknown table, did you mean "scan"?`,
		"strict = true\n[[chekc]]\nname = \"x\"\n": `pipeline.toml:2: chekc: unknown table, did you mean "check"?`,
		"[end-to-end]\n":                           `pipeline.toml:1: end-to-end: unknown table, did you mean "end_to_end"?`,
		"[e2e]\n":                                  `pipeline.toml:1: e2e: unknown table: rename it to [end_to_end]`,
		"[wallpaper]\n":                            `pipeline.toml:1: wallpaper: unknown table; known here: app, check, compatibility, dev, end_to_end, job, migrations, preview, scan, secret, stage, strict, toolbox, trial`,
	} {
		if _, err := load(text + minimal); err == nil || err.Error() != want {
			t.Errorf("got %v, want %s", err, want)
		}
	}
}

// An environment is [[stage]] in pipeline.toml.
func TestATableOfEnvironmentsIsNamedWithItsRightName(t *testing.T) {
	const want = "pipeline.toml:4: environment: unknown table: rename it to [[stage]]"
	if _, err := load(strings.Replace(minimal, "[[stage]]", "[[environment]]", 1)); err == nil || err.Error() != want {
		t.Errorf("got %v, want %s", err, want)
	}
}

func TestTheStepsStandInTheOrderOfTheTableOfKnownSteps(t *testing.T) {
	f := loaded(t, lint+"[scan]\n[compatibility]\n[migrations]\ntarget = \"m\"\n[end_to_end]\njunit = [\"x\"]\n"+withTrial+minimal)
	var want []string
	for _, s := range step.KnownSteps() {
		if s.Table != "check" {
			want = append(want, s.Name)
		}
	}
	if got := f.StepNames(); !slices.Equal(got, append([]string{"lint"}, want...)) {
		t.Errorf("got %v", got)
	}
}

func TestTheStepsAreTheChecksAndTheImageOrTheGivenOnes(t *testing.T) {
	f := loaded(t, lint+minimal)
	for reason, c := range map[string]struct{ only, want []string }{
		"all":         {nil, []string{"lint", "image"}},
		"one":         {[]string{"image"}, []string{"image"}},
		"one unknown": {[]string{"lint", "imag"}, nil},
	} {
		if got, err := f.Steps(c.only); !slices.Equal(got, c.want) || (err == nil) != (c.want != nil) {
			t.Errorf("%s: got %v, %v", reason, got, err)
		}
	}
}
