package step

import (
	"context"
	"sync"
	"time"

	"github.com/renewa/pipeline/ci/output"
)

// A Runner is a step that an engine runs.
type Runner interface {
	// Verdict runs the step to its end, also when nothing changed if again is true. A step that failed is not an error:
	// an error means that the step could not run, and states nothing about the sources.
	Verdict(ctx context.Context, again bool) (Verdict, error)
	// Repeated returns the flags that repeat the step as this call runs it, with a space before them. The zero step has
	// none.
	Repeated() string
	// Depends returns what the step depends on, without running it.
	Depends(ctx context.Context) (Dependence, error)
}

// A Maker makes a step when it is asked for, which may take a request to Fly.
type Maker[S Runner] struct {
	Name string
	Make func(context.Context) (S, error)
}

// Makers returns the makers of those names that have one, in the order of the names.
func Makers[S Runner](names []string, by map[string]func(context.Context) (S, error)) []Maker[S] {
	var list []Maker[S]
	for _, name := range names {
		if makes, known := by[name]; known {
			list = append(list, Maker[S]{name, makes})
		}
	}
	return list
}

// Select returns the makers with these names, in their own order.
func Select[S Runner](makers []Maker[S], names []string) []Maker[S] {
	by := map[string]bool{}
	for _, name := range names {
		by[name] = true
	}
	var list []Maker[S]
	for _, m := range makers {
		if by[m.Name] {
			list = append(list, m)
		}
	}
	return list
}

// Find makes one step by name. For a step that does not run, the error is that of Missing.
func Find[S Runner](ctx context.Context, makers []Maker[S], name string) (S, error) {
	var known []string
	for _, m := range makers {
		if m.Name == name {
			return m.Make(ctx)
		}
		known = append(known, m.Name)
	}
	var none S
	return none, Missing(name, known)
}

// A Run runs one step and returns its row in the table of ci.
type Run func(context.Context) Row

// Runs returns the run of each maker.
func Runs[S Runner](makers []Maker[S], again bool) []Run {
	list := make([]Run, len(makers))
	for i, m := range makers {
		list[i] = m.Row(again)
	}
	return list
}

// Row returns the run of one step. A step that could not run has a row too.
func (m Maker[S]) Row(again bool) Run {
	return func(ctx context.Context) Row {
		began := time.Now()
		s, err := m.Make(ctx)
		var verdict Verdict
		if err == nil {
			verdict, err = s.Verdict(ctx, again)
		}
		if err != nil {
			return Row{
				Name: m.Name, Status: NotRun, Seconds: time.Since(began).Seconds(),
				Call: Call(m.Name) + s.Repeated(), Report: output.Error(err).Error(),
			}
		}
		return RowOf(verdict, began)
	}
}

// SideBySide runs all steps at once, and returns their table and the seconds they took.
func SideBySide(ctx context.Context, runs []Run) (Table, float64) {
	rows := make(Table, len(runs))
	var running sync.WaitGroup
	began := time.Now()
	for i, run := range runs {
		running.Go(func() {
			rows[i] = run(ctx)
			rows[i].Waited = time.Since(began).Seconds()
		})
	}
	running.Wait()
	return rows, time.Since(began).Seconds()
}

// List returns what steps depend on, without running any. A step that cannot be made has a gap.
func List[S Runner](ctx context.Context, makers []Maker[S]) Listing {
	var list Listing
	for _, m := range makers {
		list = append(list, m.Dependence(ctx))
	}
	return list
}

// Dependence returns what a step depends on, without running it. A step that cannot be made has a gap.
func (m Maker[S]) Dependence(ctx context.Context) Dependence {
	var d Dependence
	s, err := m.Make(ctx)
	if err == nil {
		d, err = s.Depends(ctx)
	}
	d.Check.Name = m.Name
	if err != nil {
		d.Gap = output.Error(err).Error()
	}
	return d
}

// ByName returns the makers of the checks that pipeline.toml states, by name.
func ByName[S any](checks []Check, of func(Check) S) map[string]func(context.Context) (S, error) {
	by := map[string]func(context.Context) (S, error){}
	for _, c := range checks {
		by[c.Name] = func(context.Context) (S, error) { return of(c), nil }
	}
	return by
}

// Each returns a maker for each name.
func Each[S Runner](names []string, of func(name string) func(context.Context) (S, error)) []Maker[S] {
	list := make([]Maker[S], len(names))
	for i, name := range names {
		list[i] = Maker[S]{name, of(name)}
	}
	return list
}
