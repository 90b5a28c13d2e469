package step

import (
	"context"
	"sync"
	"time"

	"github.com/renewa/pipeline/ci/output"
	steps "github.com/renewa/pipeline/ci/verify/step"
)

// A Maker makes a step when it is asked for, which may take a request to Fly.
type Maker struct {
	Name string
	Make func(context.Context) (Step, error)
}

// Find makes one step by name. For a step that does not run, the error is that of steps.Missing.
func Find(ctx context.Context, makers []Maker, name string) (Step, error) {
	var known []string
	for _, m := range makers {
		if m.Name == name {
			return m.Make(ctx)
		}
		known = append(known, m.Name)
	}
	return Step{}, steps.Missing(name, known)
}

// A Row runs a step and returns its row in the table of ci.
type Row func(context.Context) steps.Row

// Row returns the row of one step. A step that could not run has a row too.
func (m Maker) Row(again bool) Row {
	return func(ctx context.Context) steps.Row {
		began := time.Now()
		s, err := m.Make(ctx)
		var verdict steps.Verdict
		if err == nil {
			_, verdict, err = s.Run(ctx, again)
		}
		if err != nil {
			return steps.Row{
				Name: m.Name, Status: steps.NotRun, Seconds: time.Since(began).Seconds(),
				Call: steps.Call(m.Name) + s.Flags, Report: output.Error(err).Error(),
			}
		}
		return steps.RowOf(verdict, began)
	}
}

// SideBySide runs all steps at once, and returns their table and the seconds they took.
func SideBySide(ctx context.Context, rows []Row) (steps.Table, float64) {
	answer := make(steps.Table, len(rows))
	var running sync.WaitGroup
	began := time.Now()
	for i, row := range rows {
		running.Go(func() {
			answer[i] = row(ctx)
			answer[i].Waited = time.Since(began).Seconds()
		})
	}
	running.Wait()
	return answer, time.Since(began).Seconds()
}

// Dependence returns what a step depends on, without running it. A step that cannot be made has a gap.
func (m Maker) Dependence(ctx context.Context) steps.Dependence {
	s, err := m.Make(ctx)
	d := steps.Dependence{Check: s.Check, Pins: s.Pins}
	d.Check.Name = m.Name
	var files []string
	if err == nil && s.Inputs != nil {
		d.Files, err = s.Inputs.Digest(ctx)
	}
	if err == nil && s.Inputs != nil {
		files, err = s.Inputs.Glob(ctx, "**/*")
	}
	if err != nil {
		d.Gap = output.Error(err).Error()
	}
	d.Count = len(files)
	return d
}
