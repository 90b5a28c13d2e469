package deploy

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/superfly/fly-go"

	"github.com/renewa/pipeline/ci/config/flytoml"
)

// Plan is what Apply will do. Nothing has happened yet.
type Plan struct {
	Request
	Rolls   []Roll   // in order
	Stale   []string // release machines that an interrupted run left behind
	Release bool     // run the release command first

	secrets secretChange
	serving []*fly.Machine
	left    []*fly.Machine // by a killed run beside those that serve: they go first
	lock    *fly.Machine   // of a first deploy: somebody's who is at work, or who was killed
	pace    pace
}

// Nothing reports whether the app already is as the request wants it.
func (p Plan) Nothing() bool {
	return !p.secrets.write && !slices.ContainsFunc(p.Rolls, func(r Roll) bool { return r.Action != Keep })
}

// SecretsDifference is what happens to the secrets, by name.
func (p Plan) SecretsDifference() Difference { return p.secrets.Difference }

// Make compares the request with the app as it is. It touches nothing.
func Make(ctx context.Context, platform Platform, r Request) (Plan, error) {
	plan := Plan{Request: r, pace: usual}
	if err := r.check(); err != nil {
		return plan, err
	}
	machines, known, err := look(ctx, platform, r.Config.App)
	if err != nil {
		return plan, err
	}
	if plan.serving, plan.Stale, err = sortOut(machines); err != nil {
		return plan, err
	}
	plan.left = leftover(plan.serving)
	plan.serving = without(plan.serving, plan.left)
	if i := slices.IndexFunc(machines, isLock); i >= 0 {
		plan.lock = machines[i]
	}
	plan.secrets = compareSecrets(r, platform.Key, known, plan.serving)
	if plan.Rolls, err = rolls(ctx, platform, r, plan.serving, plan.secrets); err != nil {
		return plan, err
	}
	// The database is ahead of an image that is gone back to: it has had all that this image's command brings.
	plan.Release = r.Config.Deploy.ReleaseCommand != "" && !r.Back && !plan.Nothing()
	return plan, nil
}

func (r Request) check() error {
	if r.Image.IsZero() && !r.Unbuilt {
		return errors.New("no image given: an image by digest is needed")
	}
	for group := range r.Count {
		if !slices.Contains(r.Config.Groups(), group) {
			return fmt.Errorf("count the machines of stage %s: %w", r.Stage, &flytoml.UnknownGroupError{Group: group, Known: r.Config.Groups()})
		}
	}
	return r.checkPrune()
}

// sortOut tells the machines that serve, by id, from those of release commands. Consoles and machines
// that somebody made beside the app are none of ours.
func sortOut(machines []*fly.Machine) (serving []*fly.Machine, stale []string, err error) {
	for _, m := range machines {
		switch {
		case m.IsFlyAppsReleaseCommand() || isTest(m):
			stale = append(stale, m.ID)
		case !m.IsFlyAppsPlatform() || m.IsFlyAppsConsole():
		case m.Config == nil || m.HostStatus != "" && m.HostStatus != fly.HostStatusOk:
			return nil, nil, fmt.Errorf("machine %s cannot be changed: Fly's host that runs it is %s. Wait until it is back, or remove it: fly machine destroy --force %[1]s", m.ID, m.HostStatus)
		default:
			serving = append(serving, m)
		}
	}
	slices.Sort(stale)
	slices.SortFunc(serving, func(a, b *fly.Machine) int { return strings.Compare(a.ID, b.ID) })
	return serving, stale, nil
}
