package deploy

import (
	"fmt"
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

// followers plans an update for each standby whose machine is not there any more or is about to go: it is to
// wait for the one that takes its place.
func followers(r Request, list []Roll, secrets secretChange) error {
	for i := range list {
		roll := &list[i]
		if roll.Action != Keep || !isStandby(roll.Machine) || !alone(roll.Machine, list) {
			continue
		}
		next, err := configure(r, roll.Machine.Config, roll.Group, secrets)
		if err != nil {
			return fmt.Errorf("configure machine %s: %w", roll.Machine.ID, err)
		}
		roll.Action, roll.Config = Update, next
	}
	return nil
}

// alone: what this standby waits for is none of the machines that stay, and there is another for it.
func alone(m *fly.Machine, list []Roll) bool {
	there := func(id string) bool {
		return slices.ContainsFunc(list, func(roll Roll) bool {
			return roll.Action != Destroy && roll.Machine != nil && roll.Machine.ID == id
		})
	}
	leads := func(roll Roll) bool {
		return roll.Group == m.ProcessGroup() && roll.Action != Destroy && !roll.standby && (roll.Machine == nil || !isStandby(roll.Machine))
	}
	return !slices.ContainsFunc(m.Config.Standbys, there) && slices.ContainsFunc(list, leads)
}

// standbyFor is the configuration of a machine that waits for another of its group, which is there by now. One
// that waits for a machine that stays goes on with that.
func (r *run) standbyFor(roll *Roll, config *fly.MachineConfig) *fly.MachineConfig {
	r.mu.Lock()
	defer r.mu.Unlock()
	if roll.Machine != nil && !alone(roll.Machine, r.Rolls) {
		return config
	}
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
