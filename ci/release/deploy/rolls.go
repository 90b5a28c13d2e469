package deploy

import (
	"context"
	"fmt"
	"slices"
	"strconv"

	"github.com/superfly/fly-go"

	"github.com/renewa/pipeline/ci/config/flytoml"
	"github.com/renewa/pipeline/ci/release/deploy/machine"
	"github.com/renewa/pipeline/ci/release/deploy/secretstate"
	"github.com/renewa/pipeline/ci/release/history"
)

// Roll is the change that a plan has for one machine.
type Roll struct {
	Action  machine.Action
	Group   string
	Machine *fly.Machine       // its present state; nil for Create
	Config  *fly.MachineConfig // its new configuration; nil for Keep and Destroy
	Down    bool               // the machine is stopped or a standby, and is not started

	standby  bool   // the machine is made as a standby for another machine of its group
	green    bool   // the machine is made beside blue machines, out of the rotation until all are healthy
	blue     bool   // the machine is destroyed after the green machines have taken over
	stale    bool   // the machine was launched with other secrets
	replaces string // id of the blue machine that a green one replaces
	before   string // digest of the machine's image when the plan was made
}

func rolls(ctx context.Context, platform Platform, r Request, serving []*fly.Machine, secrets secretstate.State) ([]Roll, error) {
	var list []Roll
	for _, group := range r.Config.Groups() {
		there := slices.DeleteFunc(slices.Clone(serving), func(m *fly.Machine) bool { return m.ProcessGroup() != group })
		var of []Roll
		for _, m := range there {
			if machine.IsSuperseded(m, there) {
				of = append(of, Roll{Action: machine.Destroy, Group: group, Machine: m, blue: true, before: m.ImageRef.Digest})
				continue
			}
			roll, err := rollOf(r, m, group, secrets)
			if err != nil {
				return nil, err
			}
			of = append(of, roll)
		}
		if r.Config.Deploy.Strategy == flytoml.BlueGreen {
			var err error
			if of, err = bluegreen(of); err != nil {
				return nil, err
			}
		}
		list = append(list, of...)
		config, err := configure(r, nil, group, secrets)
		if err != nil {
			return nil, fmt.Errorf("a machine of group %s cannot be configured: %w", group, err)
		}
		missing, standby, err := r.missing(ctx, platform, config, there)
		if err != nil {
			return nil, err
		}
		for range missing {
			list = append(list, Roll{Action: machine.Create, Group: group, Config: config})
		}
		if standby {
			list = append(list, Roll{Action: machine.Create, Group: group, Config: config, Down: true, standby: true})
		}
	}
	for _, m := range serving {
		if !slices.Contains(r.Config.Groups(), m.ProcessGroup()) {
			list = append(list, Roll{Action: machine.Destroy, Group: m.ProcessGroup(), Machine: m})
		}
	}
	if err := requireCheck(list); err != nil {
		return nil, err
	}
	return list, updateStandbys(r, list, secrets)
}

func rollOf(r Request, m *fly.Machine, group string, secrets secretstate.State) (Roll, error) {
	next, err := configure(r, m.Config, group, secrets)
	if err != nil {
		return Roll{}, fmt.Errorf("machine %s cannot be configured: %w", m.ID, err)
	}
	roll := Roll{Action: machine.Update, Group: group, Machine: m, Config: next, Down: machine.Down(m), before: m.ImageRef.Digest}
	roll.stale = secrets.Stale(m)
	if !r.Unbuilt && machine.SameConfig(m.Config, next) && !roll.stale && !machine.HasCrashed(m) {
		roll.Action, roll.Config = machine.Keep, nil
	}
	return roll, nil
}

// missing returns the number of machines that a group lacks, and whether it lacks a standby. A group that has machines
// lacks none, because somebody may have scaled it, unless the release that made its machines was never completed.
func (r Request) missing(ctx context.Context, platform Platform, config *fly.MachineConfig, there []*fly.Machine) (machines int, standby bool, err error) {
	group := config.Metadata[fly.MachineConfigMetadataKeyFlyProcessGroup]
	waiting := 0
	for _, m := range there {
		if machine.IsStandby(m) {
			waiting++
		}
	}
	machines = max(0, r.count(config, group)-(len(there)-waiting))
	standby = waiting == 0 && r.standsBy(config, group)
	if len(there) == 0 || machines == 0 && !standby {
		return machines, standby, nil
	}
	if half, err := r.isHalfMade(ctx, platform, there); !half {
		return 0, false, err
	}
	return machines, standby, nil
}

// isHalfMade reports whether a release that never completed made all of these machines.
func (r Request) isHalfMade(ctx context.Context, platform Platform, there []*fly.Machine) (bool, error) {
	by := 0
	for _, m := range there {
		if by, _ = strconv.Atoi(m.GetMetadataByKey(machine.MetaMade)); by == 0 {
			return false, nil
		}
	}
	releases, err := platform.History(ctx, r.Config.App)
	if err != nil {
		return false, fmt.Errorf("whether the release that created the machines of %s completed is unknown: %w", r.Config.App, err)
	}
	return !slices.ContainsFunc(releases, func(x history.Release) bool { return x.Status == history.Complete && x.Version >= by }), nil
}

// count returns the number of machines of a group on its first deploy: the number in pipeline.toml or, as on Fly, two for
// a group with a service and one for any other group. A group with a volume gets one, because only one machine can mount
// the volume.
func (r Request) count(config *fly.MachineConfig, group string) int {
	n, counted := r.Count[group]
	switch {
	case counted:
		return n
	case len(config.Services) == 0 || len(config.Mounts) > 0:
		return 1
	case r.Machines > 0:
		return r.Machines
	}
	return 2
}
