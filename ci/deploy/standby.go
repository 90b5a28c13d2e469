package deploy

import (
	"maps"
	"slices"

	"github.com/superfly/fly-go"
)

// standsBy: a group that serves nobody from outside has a machine that waits, stopped, for the host of the
// first to fail. As on Fly it comes with the first deploy, where more than one machine was asked for.
func (r Request) standsBy(config *fly.MachineConfig, group string) bool {
	_, counted := r.Count[group]
	return !counted && r.Machines != 1 && len(config.Services) == 0 && len(config.Mounts) == 0
}

func isStandby(m *fly.Machine) bool { return len(m.Config.Standbys) > 0 }

// standbyFor is the configuration of a machine that waits for another of its group, which is there by now.
func (r *run) standbyFor(roll *Roll, config *fly.MachineConfig) *fly.MachineConfig {
	at := slices.IndexFunc(r.Rolls, func(other Roll) bool {
		return other.Group == roll.Group && other.Machine != nil && !other.standby && other.Action != Destroy && !isStandby(other.Machine)
	})
	if at < 0 {
		return config
	}
	with := *config
	with.Env = maps.Clone(config.Env)
	with.Standbys = []string{r.Rolls[at].Machine.ID}
	with.Env["FLY_STANDBY_FOR"] = r.Rolls[at].Machine.ID
	return &with
}
