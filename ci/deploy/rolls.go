package deploy

import (
	"context"
	"fmt"
	"slices"
	"strconv"

	"github.com/superfly/fly-go"

	"github.com/renewa/pipeline/ci/flytoml"
	"github.com/renewa/pipeline/ci/history"
)

// Action is what happens to one machine.
type Action string

// The actions.
const (
	Keep    Action = "keep"    // it is as it should be
	Update  Action = "update"  // same machine, new configuration
	Create  Action = "create"  // its group has too few
	Destroy Action = "destroy" // its group is no longer in fly.toml, or another has taken its place
)

// Roll is one machine's part in a plan.
type Roll struct {
	Action  Action
	Group   string
	Machine *fly.Machine       // as it is; nil for Create
	Config  *fly.MachineConfig // as it will be; nil for Keep and Destroy
	Down    bool               // it is stopped or a standby, and stays so

	green  bool   // made beside the blue ones, out of the rotation until all are well
	blue   bool   // it goes when the green ones have taken over
	stale  bool   // it was launched with other secrets
	before string // the digest it ran when the plan was made
}

func rolls(ctx context.Context, platform Platform, r Request, serving []*fly.Machine, secrets secretChange) ([]Roll, error) {
	var list []Roll
	for _, group := range r.Config.Groups() {
		there := slices.DeleteFunc(slices.Clone(serving), func(m *fly.Machine) bool { return m.ProcessGroup() != group })
		var of []Roll
		for _, m := range there {
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
			return nil, fmt.Errorf("configure a machine of group %s: %w", group, err)
		}
		missing, err := r.missing(ctx, platform, config, there)
		if err != nil {
			return nil, err
		}
		for range missing {
			list = append(list, Roll{Action: Create, Group: group, Config: config})
		}
	}
	for _, m := range serving {
		if !slices.Contains(r.Config.Groups(), m.ProcessGroup()) {
			list = append(list, Roll{Action: Destroy, Group: m.ProcessGroup(), Machine: m})
		}
	}
	return list, nil
}

func rollOf(r Request, m *fly.Machine, group string, secrets secretChange) (Roll, error) {
	next, err := configure(r, m.Config, group, secrets)
	if err != nil {
		return Roll{}, fmt.Errorf("configure machine %s: %w", m.ID, err)
	}
	roll := Roll{Action: Update, Group: group, Machine: m, Config: next, Down: down(m), before: m.ImageRef.Digest}
	roll.stale = secrets.write || !secrets.carriedBy(m) || slices.Contains(secrets.behind, m.ID)
	if !r.Unbuilt && sameConfig(m, next) && !roll.stale && !crashed(m) {
		roll.Action, roll.Config = Keep, nil
	}
	return roll, nil
}

// missing is how many machines a group lacks. One that has some is left at that number, somebody may have
// scaled it, unless the release that made them never came to its end.
func (r Request) missing(ctx context.Context, platform Platform, config *fly.MachineConfig, there []*fly.Machine) (int, error) {
	lacks := r.count(config) - len(there)
	if lacks <= 0 || len(there) == 0 {
		return max(lacks, 0), nil
	}
	by := 0
	for _, m := range there {
		by, _ = strconv.Atoi(m.GetMetadataByKey(metaMade))
		if by == 0 {
			return 0, nil
		}
	}
	releases, err := platform.History(ctx, r.Config.App)
	if err != nil {
		return 0, fmt.Errorf("find out whether the release that made %s was completed: %w", r.Config.App, err)
	}
	for _, release := range releases {
		if release.Status == history.Complete && release.Version >= by {
			return 0, nil
		}
	}
	return lacks, nil
}

// count is how many machines a group gets on its first deploy: two where it serves, as Fly does it, one
// where it does not or where it has a volume, which only one machine can mount.
func (r Request) count(config *fly.MachineConfig) int {
	switch {
	case len(config.Services) == 0 || len(config.Mounts) > 0:
		return 1
	case r.Machines > 0:
		return r.Machines
	}
	return 2
}
