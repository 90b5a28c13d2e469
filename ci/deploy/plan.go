package deploy

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/superfly/fly-go"

	"github.com/renewa/pipeline/ci/flytoml"
)

// Plan is what Apply will do. Nothing has happened yet.
type Plan struct {
	Request
	Secrets secretChange
	Rolls   []Roll   // in order
	Stale   []string // release machines that an interrupted run left behind
	Release bool     // run the release command first
	serving []*fly.Machine
}

// Action is what happens to one machine.
type Action string

// The actions, in the order a plan carries them out.
const (
	Keep    Action = "keep"    // it is as it should be
	Update  Action = "update"  // same machine, new configuration
	Create  Action = "create"  // the group has too few
	Destroy Action = "destroy" // its group is no longer in fly.toml
)

// Roll is one machine's part in a plan.
type Roll struct {
	Action  Action
	Group   string
	Machine *fly.Machine       // as it is; nil for Create
	Config  *fly.MachineConfig // as it will be; nil for Keep and Destroy
	Down    bool               // it is stopped or a standby, and stays so
}

// Nothing reports whether the app is already as the request wants it.
func (p Plan) Nothing() bool {
	return !p.Secrets.Write && !slices.ContainsFunc(p.Rolls, func(r Roll) bool { return r.Action != Keep })
}

// Make compares the request with the app as it is. It touches nothing.
func Make(ctx context.Context, fly Platform, r Request) (Plan, error) {
	plan := Plan{Request: r}
	if err := r.check(); err != nil {
		return plan, err
	}
	machines, err := fly.Machines(ctx, r.Config.App)
	if err != nil {
		return plan, fmt.Errorf("list machines of %s: %w", r.Config.App, err)
	}
	known, err := fly.Secrets(ctx, r.Config.App)
	if err != nil {
		return plan, fmt.Errorf("list secrets of %s: %w", r.Config.App, err)
	}
	for _, m := range machines {
		switch {
		case m.IsFlyAppsReleaseCommand():
			plan.Stale = append(plan.Stale, m.ID)
		case m.IsFlyAppsPlatform() && !m.IsFlyAppsConsole():
			plan.serving = append(plan.serving, m)
		}
	}
	slices.SortFunc(plan.serving, func(a, b *machine) int { return strings.Compare(a.ID, b.ID) })
	plan.Secrets = compareSecrets(r.Secrets, r.Config.App, known, plan.serving)
	if plan.Rolls, err = rolls(r, plan.serving, plan.Secrets); err != nil {
		return plan, err
	}
	plan.Release = r.Config.Deploy.ReleaseCommand != "" && !plan.Nothing()
	return plan, nil
}

type machine = fly.Machine

func (r Request) check() error {
	switch s := r.Config.Deploy.Strategy; {
	case r.Image.IsZero():
		return errors.New("no image given: an image by digest is needed")
	case s != "" && s != flytoml.Rolling && s != flytoml.Immediate:
		return fmt.Errorf("deploy.strategy %q is not supported: use rolling or immediate", s)
	}
	return nil
}

func rolls(r Request, serving []*fly.Machine, secrets secretChange) ([]Roll, error) {
	var list []Roll
	for _, group := range r.Config.Groups() {
		count := 0
		for _, m := range serving {
			if m.ProcessGroup() != group {
				continue
			}
			count++
			next, err := configure(r, m.Config, group, secrets)
			if err != nil {
				return nil, fmt.Errorf("configure machine %s: %w", m.ID, err)
			}
			if sameConfig(m, next) && !secrets.Write {
				list = append(list, Roll{Action: Keep, Group: group, Machine: m, Down: down(m)})
			} else {
				list = append(list, Roll{Action: Update, Group: group, Machine: m, Config: next, Down: down(m)})
			}
		}
		if count == 0 {
			config, err := configure(r, nil, group, secrets)
			if err != nil {
				return nil, fmt.Errorf("configure a machine of group %s: %w", group, err)
			}
			for range r.count(config) {
				list = append(list, Roll{Action: Create, Group: group, Config: config})
			}
		}
	}
	for _, m := range serving {
		if !slices.Contains(r.Config.Groups(), m.ProcessGroup()) {
			list = append(list, Roll{Action: Destroy, Group: m.ProcessGroup(), Machine: m})
		}
	}
	return list, nil
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
