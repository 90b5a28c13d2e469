// Package forecast is a plan in a form that a person or a program reads: what a deploy would do, in order.
package forecast

import (
	"encoding/json"

	"github.com/renewa/pipeline/ci/release/deploy/machine"
	"github.com/renewa/pipeline/ci/release/deploy/secretstate"
)

// Forecast describes one plan.
type Forecast struct {
	Version        int                    `json:"version"` // report.Version
	Fly            string                 `json:"fly"`
	Stage          string                 `json:"stage"`
	App            string                 `json:"app"`
	Image          string                 `json:"image,omitempty"` // empty: not built yet
	Nothing        bool                   `json:"nothing"`         // the app already is as requested
	Adopts         []string               `json:"adopts"`          // machines that this pipeline has not deployed before
	WritesSecrets  bool                   `json:"writes_secrets"`  // the whole given set at once, and the removals
	Secrets        secretstate.Difference `json:"secrets"`
	ReleaseCommand string                 `json:"release_command,omitempty"` // it runs before any machine is touched
	Stale          []string               `json:"stale"`                     // machines that earlier deploys left, destroyed first
	Strategy       string                 `json:"strategy"`
	Machines       []Machine              `json:"machines"` // in the order in which they are touched; kept machines are last
}

// Machine describes what happens to one machine.
type Machine struct {
	Turn    int              `json:"turn,omitempty"` // machines of one turn are touched at the same time; 0: not touched
	Action  machine.Action   `json:"action"`
	ID      string           `json:"id,omitempty"` // empty for a new machine
	Group   string           `json:"group"`
	Region  string           `json:"region"`
	State   string           `json:"state,omitempty"`   // the present one
	Down    bool             `json:"down,omitempty"`    // stopped or a standby, and not started
	From    string           `json:"from,omitempty"`    // the image it runs
	To      string           `json:"to,omitempty"`      // the image it will run; empty while it is not built
	Secrets bool             `json:"secrets,omitempty"` // it was launched with other secrets than it will have
	Changes []machine.Change `json:"changes,omitempty"`
}

// JSON is the forecast for programs.
func (f Forecast) JSON() []byte {
	text, err := json.MarshalIndent(f, "", "  ")
	if err != nil {
		panic(err) // strings, numbers and booleans
	}
	return append(text, '\n')
}
