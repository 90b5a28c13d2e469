package deploy

import (
	"fmt"
	"strings"
	"time"
)

// Outcome is what a deployment found or left behind.
type Outcome struct {
	Nothing bool      // the app was as it should be
	Release int       // Fly's number of it; 0 when nothing was done
	Rolls   []Roll    // with the machines as they are now
	Secrets []string  // names of those that were staged
	Removed []string  // names of those that were taken away
	Command *Command  // what became of the release command; nil: none was run
	Steps   []Step    // in order, the one that failed last
	Started time.Time // wall time
	Took    time.Duration

	interrupted, begun bool
}

func (r *run) outcome() Outcome {
	o := Outcome{Nothing: r.Nothing(), Release: r.release.version, Rolls: r.Rolls, Command: r.command, Steps: r.took, Started: r.started, Took: time.Since(r.started)}
	if r.secrets.write {
		o.Secrets, o.Removed = r.Secrets.Names(), r.secrets.unset
	}
	return o
}

// Report is the outcome in words. The failure is what Apply returned beside it.
func (o Outcome) Report(r Request, failure error) Report {
	rep := Report{
		Version: ReportVersion, Stage: r.Stage, App: r.Config.App, Image: r.Image.String(), Release: o.Release,
		Status: Complete, Strategy: string(r.Config.Deploy.Strategy), Done: o.done(), Note: r.Note, Secrets: o.Secrets,
		Command: o.Command, Config: r.Source,
		Started: o.Started.UTC().Truncate(time.Millisecond), Seconds: o.Took.Round(time.Millisecond).Seconds(), Steps: o.Steps,
	}
	for _, roll := range o.Rolls {
		if roll.Machine != nil && roll.Action != Destroy {
			rep.Machines = append(rep.Machines, roll.report())
		}
	}
	switch {
	case failure != nil && o.interrupted:
		rep.Status, rep.Error = Interrupted, failure.Error()
	case failure != nil:
		rep.Status, rep.Error = Failed, failure.Error()
	case o.Nothing:
		rep.Status = Unchanged
	case o.begun:
		rep.Status, rep.Done = Running, "begun: it is under way, or was killed"
	}
	if failure != nil {
		rep.Done = "not done: see error"
	}
	return rep
}

func (roll Roll) report() Machine {
	m := roll.Machine
	return Machine{ID: m.ID, Group: roll.Group, Region: m.Region, Action: roll.Action, Before: roll.before, After: m.ImageRef.Digest, State: m.State, Healthy: Healthy(m)}
}

func (o Outcome) done() string {
	if o.Nothing {
		return "nothing changed: no secret written, no machine touched"
	}
	parts := []string{fmt.Sprintf("release %d", o.Release)}
	if n := len(o.Secrets); n > 0 {
		parts = append(parts, count(n, "secret")+" staged")
	}
	if n := len(o.Removed); n > 0 {
		parts = append(parts, count(n, "secret")+" removed")
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
