package step_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/renewa/pipeline/ci/verify/step"
)

// fake is a step without an engine.
type fake struct {
	verdict step.Verdict
	flags   string
	err     error
	again   *bool // set by a run
}

func (f fake) Verdict(_ context.Context, again bool) (step.Verdict, error) {
	if f.again != nil {
		*f.again = again
	}
	return f.verdict, f.err
}

func (f fake) Repeated() string { return f.flags }

func (f fake) Depends(context.Context) (step.Dependence, error) {
	return step.Dependence{Check: step.Check{Run: []string{"true"}}, Files: "sha256:1", Count: 3}, f.err
}

func makes(f fake, err error) func(context.Context) (fake, error) {
	return func(context.Context) (fake, error) { return f, err }
}

var errAway = errors.New("no answer")

func TestMakersAreInTheOrderOfTheNamesAndOfThoseOnly(t *testing.T) {
	all := step.Makers([]string{"lint", "image", "unit"}, map[string]func(context.Context) (fake, error){
		"unit": makes(fake{}, nil), "lint": makes(fake{}, nil), "other": makes(fake{}, nil),
	})
	names := func(list []step.Maker[fake]) (names []string) {
		for _, m := range list {
			names = append(names, m.Name)
		}
		return names
	}
	require.Equal(t, []string{"lint", "unit"}, names(all))
	require.Equal(t, []string{"unit"}, names(step.Select(all, []string{"unit", "image"})))
	require.Empty(t, step.Select(all, nil))
	require.Len(t, step.Runs(all, false), 2)
}

func TestOneStepIsMadeByNameAndNoOther(t *testing.T) {
	all := []step.Maker[fake]{
		{Name: "lint", Make: func(context.Context) (fake, error) { panic("lint was made") }},
		{Name: "unit", Make: makes(fake{flags: " --again"}, nil)},
	}
	found, err := step.Find(t.Context(), all, "unit")
	require.NoError(t, err)
	require.Equal(t, " --again", found.Repeated())
	_, err = step.Find(t.Context(), all, "units")
	require.Equal(t, &step.UnknownStepError{Name: "units", Known: []string{"lint", "unit"}}, err)
	_, err = step.Find(t.Context(), all, "typecheck")
	require.ErrorAs(t, err, new(*step.NotStatedError))
}

func TestAStepThatCouldNotRunHasARowWithTheCallThatRepeatsIt(t *testing.T) {
	passed := step.Verdict{Step: "unit", Status: step.Passed, Started: time.Now().Add(time.Hour), Seconds: 2}
	for reason, c := range map[string]struct {
		made fake
		err  error
		want step.Status
		call string
	}{
		"it passed":         {fake{verdict: passed}, nil, step.Passed, "dagger call unit"},
		"it could not run":  {fake{flags: " --x", err: errAway}, nil, step.NotRun, "dagger call unit --x"},
		"it was never made": {fake{}, errAway, step.NotRun, "dagger call unit"},
	} {
		again := false
		c.made.again = &again
		row := step.Maker[fake]{Name: "unit", Make: makes(c.made, c.err)}.Row(true)(t.Context())
		require.Equal(t, []any{c.want, c.call, c.err == nil}, []any{row.Status, row.Call, again}, reason)
		if c.want == step.NotRun {
			require.Equal(t, "no answer", row.Report, reason)
			require.Nil(t, row.Cached, reason)
		}
	}
}

func TestStepsRunSideBySideAndKeepTheirOrder(t *testing.T) {
	second := make(chan struct{})
	table, seconds := step.SideBySide(t.Context(), []step.Run{
		func(context.Context) step.Row { <-second; return step.Row{Name: "first"} },
		func(context.Context) step.Row { close(second); return step.Row{Name: "second"} },
	})
	require.Equal(t, []string{"first", "second"}, []string{table[0].Name, table[1].Name})
	require.GreaterOrEqual(t, seconds, table[1].Waited)
}

func TestAStepWhoseDependenceIsNotKnownHasAGap(t *testing.T) {
	list := step.List(t.Context(), []step.Maker[fake]{
		{Name: "lint", Make: makes(fake{}, nil)},
		{Name: "unit", Make: makes(fake{err: errAway}, nil)},
		{Name: "migrations", Make: makes(fake{}, errAway)},
	})
	var got []any
	for _, d := range list {
		got = append(got, d.Check.Name, d.Gap)
	}
	require.Equal(t, []any{"lint", "", "unit", "no answer", "migrations", "no answer"}, got)
	require.Equal(t, 3, list[0].Count)
}
