package deploy

import (
	"github.com/superfly/fly-go"

	"github.com/renewa/pipeline/ci/release/deploy/forecast"
	"github.com/renewa/pipeline/ci/release/deploy/machine"
	"github.com/renewa/pipeline/ci/release/deploy/report"
)

// Forecast returns the plan in a form for people and programs. name is the name of the Fly.
func (p Plan) Forecast(name string) forecast.Forecast {
	f := forecast.Forecast{
		Version: report.Version, Fly: name, Stage: p.Stage, App: p.Config.App, Image: p.Image.String(),
		Nothing: p.Nothing() && len(p.Stale) == 0 && len(p.left) == 0, Adopts: []string{}, WritesSecrets: p.secrets.Write,
		Secrets: p.secrets.Difference, Stale: append([]string{}, p.Stale...), Strategy: string(p.Config.Deploy.Strategy), Machines: []forecast.Machine{},
	}
	for _, m := range p.left {
		f.Stale = append(f.Stale, m.ID)
	}
	if p.Release {
		f.ReleaseCommand = p.Config.Deploy.ReleaseCommand
	}
	f.Later = p.later()
	for _, m := range p.serving {
		if machine.Foreign(m) {
			f.Adopts = append(f.Adopts, m.ID)
		}
	}
	turn := 0
	for _, group := range p.Config.Groups() {
		for _, batch := range p.batches(group) {
			turn++
			for _, roll := range batch {
				f.Machines = append(f.Machines, p.foresee(*roll, turn))
			}
		}
	}
	for _, roll := range p.Rolls {
		if roll.Action == machine.Destroy {
			turn++
			f.Machines = append(f.Machines, p.foresee(roll, turn))
		}
	}
	for _, roll := range p.Rolls {
		if roll.Action == machine.Keep {
			f.Machines = append(f.Machines, p.foresee(roll, 0))
		}
	}
	return f
}

func (p Plan) foresee(roll Roll, turn int) forecast.Machine {
	f := forecast.Machine{Turn: turn, Action: roll.Action, Group: roll.Group, Down: roll.Down, Region: p.Config.PrimaryRegion}
	var before *fly.MachineConfig
	f.Secrets = roll.stale && roll.Action == machine.Update
	if m := roll.Machine; m != nil {
		f.ID, f.Region, f.State, before = m.ID, m.Region, m.State, m.Config
		f.From = machine.Image(m)
	}
	if roll.Config != nil {
		f.To = p.Image.String()
		f.Changes = machine.Changes(before, roll.Config, p.mask())
	}
	return f
}
