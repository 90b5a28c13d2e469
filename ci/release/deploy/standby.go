package deploy

import (
	"fmt"
	"maps"
	"slices"

	"github.com/superfly/fly-go"

	"github.com/renewa/pipeline/ci/release/deploy/machine"
	"github.com/renewa/pipeline/ci/release/deploy/secretstate"
)

// standsBy reports whether a group gets a standby: a stopped machine that Fly starts when the host of the first
// machine fails. As on Fly, a group without services and volumes gets one with its first deploy.
func (r Request) standsBy(config *fly.MachineConfig, group string) bool {
	_, counted := r.Count[group]
	return !counted && r.Machines != 1 && len(config.Services) == 0 && len(config.Mounts) == 0
}

// updateStandbys plans an update of each standby whose machine no longer exists or is about to be destroyed, so that the
// standby waits for the machine that replaces it.
func updateStandbys(r Request, list []Roll, secrets secretstate.State) error {
	for i := range list {
		roll := &list[i]
		if roll.Action != machine.Keep || !machine.IsStandby(roll.Machine) || !isAlone(roll.Machine, list) {
			continue
		}
		next, err := configure(r, roll.Machine.Config, roll.Group, secrets)
		if err != nil {
			return fmt.Errorf("machine %s cannot be configured: %w", roll.Machine.ID, err)
		}
		roll.Action, roll.Config = machine.Update, next
	}
	return nil
}

// isAlone reports whether no machine of a standby stays, while the group has another machine that the standby can wait
// for.
func isAlone(m *fly.Machine, list []Roll) bool {
	there := func(id string) bool {
		return slices.ContainsFunc(list, func(roll Roll) bool {
			return roll.Action != machine.Destroy && roll.Machine != nil && roll.Machine.ID == id
		})
	}
	leads := func(roll Roll) bool {
		return roll.Group == m.ProcessGroup() && roll.Action != machine.Destroy && !roll.standby && (roll.Machine == nil || !machine.IsStandby(roll.Machine))
	}
	return !slices.ContainsFunc(m.Config.Standbys, there) && slices.ContainsFunc(list, leads)
}

// standbyFor returns the configuration of a standby, with the id of the machine that the standby waits for. A standby
// whose machine stays keeps that id.
func (r *run) standbyFor(roll *Roll, config *fly.MachineConfig) *fly.MachineConfig {
	r.mu.Lock()
	defer r.mu.Unlock()
	if roll.Machine != nil && !isAlone(roll.Machine, r.Rolls) {
		return config
	}
	at := slices.IndexFunc(r.Rolls, func(other Roll) bool {
		return other.Group == roll.Group && other.Machine != nil && !other.standby && other.Action != machine.Destroy && !machine.IsStandby(other.Machine)
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
