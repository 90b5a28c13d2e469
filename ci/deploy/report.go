package deploy

import (
	"fmt"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/superfly/fly-go"
)

// Outcome is what a deployment found or left behind.
type Outcome struct {
	Nothing bool           // the app was as it should be
	Release int            // Fly's number of it; 0 when nothing was done
	Rolls   []Roll         // with the machines as they are now
	Secrets int            // how many were staged
	Took    time.Duration  // wall time
	serving []*fly.Machine // as they are now
}

func (r *run) outcome(start time.Time) Outcome {
	o := Outcome{Nothing: r.Nothing(), Release: r.release.version, Rolls: r.Rolls, Took: time.Since(start)}
	if r.secrets.write {
		o.Secrets = r.Secrets.Len()
	}
	for _, roll := range r.Rolls {
		if roll.Machine != nil && roll.Action != Destroy {
			o.serving = append(o.serving, roll.Machine)
		}
	}
	return o
}

// Report is what a person is told at the end.
type Report struct {
	Fly       string // which one
	Stage     string
	App       string
	Image     string // repository and digest
	SizeMB    float64
	Done      string // what was done, or that nothing had to be
	Machines  int
	Healthy   int
	Migration string // newest that was applied; empty when the app does not say
	URL       string
	Seconds   float64
}

// Report fills in what the deployment itself knows.
func (o Outcome) Report(r Request) Report {
	rep := Report{Stage: r.Stage, App: r.Config.App, Image: r.Image.String(), Machines: len(o.serving), Seconds: o.Took.Seconds()}
	for _, m := range o.serving {
		if Healthy(m) {
			rep.Healthy++
		}
	}
	rep.Done = o.done()
	return rep
}

func (o Outcome) done() string {
	if o.Nothing {
		return "nothing changed: no secret written, no machine touched"
	}
	parts := []string{fmt.Sprintf("release %d", o.Release)}
	if o.Secrets > 0 {
		parts = append(parts, count(o.Secrets, "secret")+" staged")
	}
	by := map[Action]int{}
	for _, roll := range o.Rolls {
		by[roll.Action]++
	}
	for _, a := range []struct {
		action Action
		verb   string
	}{{Create, "created"}, {Update, "updated"}, {Keep, "kept"}, {Destroy, "destroyed"}} {
		if n := by[a.action]; n > 0 {
			parts = append(parts, count(n, "machine")+" "+a.verb)
		}
	}
	return strings.Join(parts, ", ")
}

// count is a number with its noun: 1 machine, 2 machines.
func count(n int, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	return fmt.Sprintf("%d %ss", n, noun)
}

// String is the report as text, its first line naming the Fly.
func (r Report) String() string {
	var b strings.Builder
	w := tabwriter.NewWriter(&b, 0, 0, 2, ' ', 0)
	row := func(name, format string, args ...any) { fmt.Fprintf(w, name+"\t"+format+"\n", args...) }
	row("fly", "%s", r.Fly)
	row("stage", "%s", r.Stage)
	row("app", "%s", r.App)
	if r.SizeMB > 0 {
		row("image", "%s (%.1f MB compressed)", r.Image, r.SizeMB)
	} else {
		row("image", "%s", r.Image)
	}
	row("done", "%s", r.Done)
	row("machines", "%d, healthy %d", r.Machines, r.Healthy)
	if r.Migration != "" {
		row("migration", "%s", r.Migration)
	}
	row("url", "%s", r.URL)
	row("seconds", "%.1f", r.Seconds)
	_ = w.Flush() // memory takes all that is written
	return b.String()
}
