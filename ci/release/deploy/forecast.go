package deploy

import (
	"encoding/json"
	"strings"

	"github.com/superfly/fly-go"
)

// Forecast is a plan as it is told: what Apply would do, in order.
type Forecast struct {
	Version        int        `json:"version"` // ReportVersion
	Fly            string     `json:"fly"`
	Stage          string     `json:"stage"`
	App            string     `json:"app"`
	Image          string     `json:"image,omitempty"` // empty: it is yet to be built
	Nothing        bool       `json:"nothing"`         // the app is as it should be
	Adopts         []string   `json:"adopts"`          // machines that this pipeline has not deployed before
	WritesSecrets  bool       `json:"writes_secrets"`  // all of the given at once, and those to remove
	Secrets        Difference `json:"secrets"`
	ReleaseCommand string     `json:"release_command,omitempty"` // it runs before any machine is touched
	Stale          []string   `json:"stale"`                     // machines that earlier runs left, removed first
	Strategy       string     `json:"strategy"`
	Machines       []Foreseen `json:"machines"` // in the order in which they are touched, those that are kept last
}

// Foreseen is what happens to one machine.
type Foreseen struct {
	Turn    int      `json:"turn,omitempty"` // those of one turn go at the same time; 0: it is not touched
	Action  Action   `json:"action"`
	ID      string   `json:"id,omitempty"` // empty for one that is made
	Group   string   `json:"group"`
	Region  string   `json:"region"`
	State   string   `json:"state,omitempty"`   // as it is now
	Down    bool     `json:"down,omitempty"`    // it is stopped or a standby, and stays so
	From    string   `json:"from,omitempty"`    // the image it runs
	To      string   `json:"to,omitempty"`      // the image it will run; empty while that is yet to be built
	Secrets bool     `json:"secrets,omitempty"` // it was launched with other secrets than it will have
	Changes []Change `json:"changes,omitempty"`
}

// Forecast tells the plan. The fly is the name of the one that was asked.
func (p Plan) Forecast(name string) Forecast {
	f := Forecast{
		Version: ReportVersion, Fly: name, Stage: p.Stage, App: p.Config.App, Image: p.Image.String(),
		Nothing: p.Nothing() && len(p.Stale) == 0 && len(p.left) == 0, Adopts: []string{}, WritesSecrets: p.secrets.write,
		Secrets: p.secrets.Difference, Stale: append([]string{}, p.Stale...), Strategy: string(p.Config.Deploy.Strategy), Machines: []Foreseen{},
	}
	for _, m := range p.left {
		f.Stale = append(f.Stale, m.ID)
	}
	if p.Release {
		f.ReleaseCommand = p.Config.Deploy.ReleaseCommand
	}
	for _, m := range p.serving {
		if foreign(m) {
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
		if roll.Action == Destroy {
			turn++
			f.Machines = append(f.Machines, p.foresee(roll, turn))
		}
	}
	for _, roll := range p.Rolls {
		if roll.Action == Keep {
			f.Machines = append(f.Machines, p.foresee(roll, 0))
		}
	}
	return f
}

func (p Plan) foresee(roll Roll, turn int) Foreseen {
	f := Foreseen{Turn: turn, Action: roll.Action, Group: roll.Group, Down: roll.Down, Region: p.Config.PrimaryRegion}
	var before *fly.MachineConfig
	f.Secrets = roll.stale && roll.Action == Update
	if m := roll.Machine; m != nil {
		f.ID, f.Region, f.State, before = m.ID, m.Region, m.State, m.Config
		f.From = runs(m)
	}
	if roll.Config != nil {
		f.To = p.Image.String()
		f.Changes = changes(before, roll.Config, p.hidden())
	}
	return f
}

// runs is the image of a machine, by digest where Fly knows it.
func runs(m *fly.Machine) string {
	if m.ImageRef.Digest == "" || strings.Contains(m.Config.Image, "@") {
		return m.Config.Image
	}
	return m.Config.Image + "@" + m.ImageRef.Digest
}

// foreign: a machine that this pipeline neither made nor updated, such as one that flyctl made.
func foreign(m *fly.Machine) bool {
	for key := range m.Config.Metadata {
		if strings.HasPrefix(key, "pipeline_") {
			return false
		}
	}
	return true
}

// JSON is the forecast for programs.
func (f Forecast) JSON() []byte {
	text, err := json.MarshalIndent(f, "", "  ")
	if err != nil {
		panic(err) // strings, numbers and truths
	}
	return append(text, '\n')
}
