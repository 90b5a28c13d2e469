// Package forecast describes the changes that a deploy would make, in order, for a person or a program.
package forecast

import (
	"encoding/json"

	"github.com/renewa/pipeline/ci/release/deploy/machine"
	"github.com/renewa/pipeline/ci/release/deploy/secretstate"
)

// Forecast describes one plan. Lists are in the order of the deploy.
type Forecast struct {
	Version        int                    `json:"version"` // report.Version
	Fly            string                 `json:"fly"`
	Stage          string                 `json:"stage"`
	App            string                 `json:"app"`
	Image          string                 `json:"image,omitempty"` // empty: not built yet
	Nothing        bool                   `json:"nothing"`         // true: the app already is as requested
	Adopts         []string               `json:"adopts"`          // ids of machines that this pipeline has not deployed before
	WritesSecrets  bool                   `json:"writes_secrets"`  // true: the deploy writes the whole given set and the removals, in one request
	Secrets        secretstate.Difference `json:"secrets"`
	ReleaseCommand string                 `json:"release_command,omitempty"`       // runs before the deploy touches any machine; empty: none
	Later          string                 `json:"release_command_later,omitempty"` // the release command that does not run, because nothing changes
	Stale          []string               `json:"stale"`                           // ids of machines that earlier deploys left; the deploy destroys them first
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
	Secrets bool             `json:"secrets,omitempty"` // true: the machine was launched with other secrets
	Changes []machine.Change `json:"changes,omitempty"`
}

// JSON returns the forecast for programs.
func (f Forecast) JSON() []byte {
	text, err := json.MarshalIndent(f, "", "  ")
	if err != nil {
		panic(err) // strings, numbers and booleans
	}
	return append(text, '\n')
}
