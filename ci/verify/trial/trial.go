// Package trial runs an app's image in a test as its stage runs it, the release command first.
package trial

import (
	"slices"

	"github.com/superfly/fly-go"

	"github.com/renewa/pipeline/ci/config/flytoml"
)

// A Run has the commands and variables of the app's container.
type Run struct {
	Env     map[string]string
	Release []string // the command that migrates; nil when the stage has none
	Serve   []string // the command that serves
	Ready   string   // the path of the stage's first HTTP check; empty when it has none
}

// An Image has the commands of an image.
type Image struct{ Entrypoint, Cmd []string }

// Of reads the run from a stage's fly.toml: its commands, which replace the image's as on Fly, its variables and its
// first HTTP check.
func Of(c flytoml.Config, i Image) (Run, error) {
	m, err := serving(c)
	if err != nil {
		return Run{}, err
	}
	r := Run{Env: m.Env, Serve: i.command(m.Init)}
	if release := c.ReleaseMachine(); release != nil {
		r.Release = i.command(release.Init)
	}
	for _, s := range m.Services {
		for _, check := range s.Checks {
			if r.Ready == "" && check.HTTPPath != nil {
				r.Ready = *check.HTTPPath
			}
		}
	}
	return r, nil
}

// serving is a machine of the first process group that answers requests.
func serving(c flytoml.Config) (*fly.MachineConfig, error) {
	for _, group := range c.Groups() {
		if m, err := c.Machine(group); err == nil && len(m.Services) > 0 {
			return m, nil
		}
	}
	return c.Machine(c.DefaultGroup())
}

// command is the command line that Fly would start.
func (i Image) command(init fly.MachineInit) []string {
	if len(init.Exec) > 0 {
		return init.Exec
	}
	entrypoint, cmd := i.Entrypoint, i.Cmd
	if len(init.Entrypoint) > 0 {
		entrypoint, cmd = init.Entrypoint, nil
	}
	if len(init.Cmd) > 0 {
		cmd = init.Cmd
	}
	return slices.Concat(entrypoint, cmd)
}
