package step

import (
	"context"

	steps "github.com/renewa/pipeline/ci/verify/step"
)

// A Maker makes a step when it is asked for, which may take a request to Fly.
type Maker = steps.Maker[Step]

// A Row runs a step and returns its row in the table of ci.
type Row = steps.Run

// Find makes one step by name. For a step that does not run, the error is that of steps.Missing.
func Find(ctx context.Context, makers []Maker, name string) (Step, error) {
	return steps.Find(ctx, makers, name)
}

// SideBySide runs all steps at once, and returns their table and the seconds they took.
func SideBySide(ctx context.Context, rows []Row) (steps.Table, float64) {
	return steps.SideBySide(ctx, rows)
}

// Rows returns the runs of the steps with these names.
func Rows(makers []Maker, names []string, again bool) []Row {
	return steps.Runs(steps.Select(makers, names), again)
}

// List returns what steps depend on, without running any.
func List(ctx context.Context, makers []Maker) steps.Listing { return steps.List(ctx, makers) }

// Verdict runs a step to its end for its verdict alone.
func (s Step) Verdict(ctx context.Context, again bool) (steps.Verdict, error) {
	_, verdict, err := s.Run(ctx, again)
	return verdict, err
}

// Repeated returns the flags that repeat the step as this call runs it.
func (s Step) Repeated() string { return s.Flags }

// Depends returns what the step depends on, without running it.
func (s Step) Depends(ctx context.Context) (steps.Dependence, error) {
	d := steps.Dependence{Check: s.Check, Pins: s.Pins}
	if s.Inputs == nil {
		return d, nil
	}
	var err error
	if d.Files, err = s.Inputs.Digest(ctx); err != nil {
		return d, err
	}
	files, err := s.Inputs.Glob(ctx, "**/*")
	d.Count = len(files)
	return d, err
}
