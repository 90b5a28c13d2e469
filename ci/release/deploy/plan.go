package deploy

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/superfly/fly-go"

	"github.com/renewa/pipeline/ci/config/flytoml"
	"github.com/renewa/pipeline/ci/release/deploy/lease"
	"github.com/renewa/pipeline/ci/release/deploy/machine"
	"github.com/renewa/pipeline/ci/release/deploy/secretstate"
)

// Plan lists the changes that Apply will make. Making a plan changes nothing.
type Plan struct {
	Request
	Rolls   []Roll   // in order
	Stale   []string // ids of release machines that a killed run left; destroyed first
	Release bool     // the release command runs first

	secrets secretstate.State
	serving []*fly.Machine
	left    []*fly.Machine // other machines that a killed run left; destroyed first
	lock    *fly.Machine   // the lock of a first deploy that is running or was killed; nil: none
	pace    pace
}

// Nothing reports whether the app already is as requested.
func (p Plan) Nothing() bool {
	return !p.secrets.Write && !slices.ContainsFunc(p.Rolls, func(r Roll) bool { return r.Action != machine.Keep })
}

// later returns the release command that does not run because nothing changes; empty when there is none. A change of the
// command alone changes no machine.
func (p Plan) later() string {
	if p.Nothing() && !p.Back {
		return p.Config.Deploy.ReleaseCommand
	}
	return ""
}

// Make compares the request with the app's present state. It changes nothing.
func Make(ctx context.Context, platform Platform, r Request) (Plan, error) {
	plan := Plan{Request: r, pace: usual}
	if err := r.check(); err != nil {
		return plan, err
	}
	machines, known, err := read(ctx, platform, r.Config.App)
	if err != nil {
		return plan, err
	}
	if plan.serving, plan.Stale, err = classify(machines); err != nil {
		return plan, err
	}
	plan.left = machine.Leftover(plan.serving)
	plan.serving = slices.DeleteFunc(plan.serving, func(m *fly.Machine) bool { return slices.Contains(plan.left, m) })
	plan.lock = lease.FindLock(machines)
	plan.secrets = secretstate.Compare(r.givenSecrets(), platform.Key, known, plan.serving)
	if plan.Rolls, err = rolls(ctx, platform, r, plan.serving, plan.secrets); err != nil {
		return plan, err
	}
	// In a rollback the database already has all migrations of that image, and newer ones.
	plan.Release = r.Config.Deploy.ReleaseCommand != "" && !r.Back && !plan.Nothing()
	return plan, nil
}

// Compare returns the differences between the given secrets and those that Fly holds. It changes nothing.
func Compare(ctx context.Context, platform Platform, r Request) (secretstate.Difference, error) {
	if err := r.givenSecrets().Check(); err != nil {
		return secretstate.Difference{}, err
	}
	machines, known, err := read(ctx, platform, r.Config.App)
	if err != nil {
		return secretstate.Difference{}, err
	}
	serving := slices.DeleteFunc(machines, func(m *fly.Machine) bool { return m.IsFlyAppsReleaseCommand() || !m.IsFlyAppsPlatform() })
	return secretstate.Compare(r.givenSecrets(), platform.Key, known, serving).Difference, nil
}

// read returns the machines and secrets that a plan is made from.
func read(ctx context.Context, platform Platform, app string) ([]*fly.Machine, []fly.AppSecret, error) {
	machines, err := platform.Machines(ctx, app)
	if err != nil {
		return nil, nil, fmt.Errorf("the machines of %s cannot be listed: %w", app, err)
	}
	known, err := platform.Secrets(ctx, app)
	if err != nil {
		return nil, nil, fmt.Errorf("the secrets of %s cannot be listed: %w", app, err)
	}
	return machines, known, nil
}

func (r Request) check() error {
	if r.Image.IsZero() && !r.Unbuilt {
		return errors.New("no image given: name one by digest")
	}
	for group := range r.Count {
		if !slices.Contains(r.Config.Groups(), group) {
			return fmt.Errorf("machines of environment %s in pipeline.toml: %w", r.Stage, &flytoml.UnknownGroupError{Group: group, Known: r.Config.Groups()})
		}
	}
	return r.givenSecrets().Check()
}

// classify returns the machines of the app's process groups, sorted by id, and the ids of the machines that run release
// commands or machine checks. Consoles, and machines without Fly's platform metadata, are in neither list.
func classify(machines []*fly.Machine) (serving []*fly.Machine, stale []string, err error) {
	for _, m := range machines {
		switch {
		case m.IsFlyAppsReleaseCommand() || machine.IsTest(m):
			stale = append(stale, m.ID)
		case !m.IsFlyAppsPlatform() || m.IsFlyAppsConsole():
		case m.Config == nil || m.HostStatus != "" && m.HostStatus != fly.HostStatusOk:
			return nil, nil, fmt.Errorf("machine %s cannot be changed: Fly's host that runs it is %s. Wait until the host is back, or remove the machine: fly machine destroy --force %[1]s", m.ID, m.HostStatus)
		default:
			serving = append(serving, m)
		}
	}
	slices.Sort(stale)
	return byID(serving), stale, nil
}

// byID sorts machines by id, which is the order in which all deploys lease them.
func byID(machines []*fly.Machine) []*fly.Machine {
	slices.SortFunc(machines, func(a, b *fly.Machine) int { return strings.Compare(a.ID, b.ID) })
	return machines
}
