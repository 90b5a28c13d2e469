package repository_test

import (
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

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

func TestAnUnknownStepIsRefusedWithAdvice(t *testing.T) {
	f := loaded(t, lint+minimal)
	scan := loaded(t, "[scan]\nlockfiles = []\n"+minimal)
	for name, c := range map[string]struct {
		config      repository.Configuration
		error, hint string
	}{
		"lnit":          {f, `unknown step "lnit", did you mean "lint"?`, "the steps are lint, image"},
		"unit":          {f, `unknown step "unit", did you mean "lint"?`, "pipeline.toml has no [[check]] with this name: add it; the steps are lint, image"},
		"compatibility": {f, `unknown step "compatibility"`, "pipeline.toml has no [compatibility]: add it to have this step"},
		"end-to-end":    {f, `unknown step "end-to-end"`, "pipeline.toml has no [end_to_end]: add it to have this step"},
		"semgrep":       {f, `unknown step "semgrep"`, "pipeline.toml has no [scan]: add it to have this step"},
		"audit":         {scan, `unknown step "audit"`, "[scan] in pipeline.toml names no lockfile that audit reads: add one"},
	} {
		var unknown *step.UnknownStepError
		if _, err := c.config.Steps([]string{name}); !errors.As(err, &unknown) || err.Error() != c.error || unknown.Hint() != c.hint {
			t.Errorf("%s: got %v\n%s", name, err, unknown.Hint())
		}
	}
}

func TestAnUnknownTableIsNamedWithItsLineAndTheMostSimilarTable(t *testing.T) {
	for text, want := range map[string]string{
		"[scann]\nthreshold = \"low\"\n":           `pipeline.toml:1: scann: unknown table, did you mean "scan"?`,
		"strict = true\n[[chekc]]\nname = \"x\"\n": `pipeline.toml:2: chekc: unknown table, did you mean "check"?`,
		"[end-to-end]\n":                           `pipeline.toml:1: end-to-end: unknown table, did you mean "end_to_end"?`,
		"[e2e]\n":                                  `pipeline.toml:1: e2e: unknown table: rename it to [end_to_end]`,
		"[wallpaper]\n":                            `pipeline.toml:1: wallpaper: unknown table; known here: app, check, compatibility, dev, end_to_end, migrations, preview, scan, secret, stage, strict, toolbox, trial`,
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
