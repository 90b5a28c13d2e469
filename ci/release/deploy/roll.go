package deploy

import (
	"context"
	"fmt"
	"slices"
	"strconv"

	"github.com/superfly/fly-go"
	"golang.org/x/sync/errgroup"

	"github.com/renewa/pipeline/ci/config/flytoml"
)

// most is how many machines are rolled at once, whatever fly.toml allows.
const most = 8

// rollMachines updates group by group. What an earlier run has updated must be well before more is touched.
func (r *run) rollMachines(ctx context.Context) error {
	if r.Config.Deploy.Strategy == flytoml.Canary {
		if err := r.canaries(ctx); err != nil {
			return err
		}
	}
	for _, group := range r.Config.Groups() {
		if err := r.wellKept(ctx, group); err != nil {
			return err
		}
		for _, batch := range r.batches(group) {
			if err := r.rollBatch(ctx, batch); err != nil {
				return err
			}
		}
	}
	return r.goLive(ctx)
}

// batches is the order of a group: those of one batch go at once. The first machine goes alone: an image that
// does not come up costs one machine. Then the rest, as many as deploy.max_unavailable allows, and last those
// that are down, which prove nothing. By the strategy bluegreen nothing that serves is away, so all the rest go
// at once. By immediate all do, and they are still verified.
func (p *Plan) batches(group string) (list [][]*Roll) {
	up, resting, size := p.work(group)
	width := max(1, min(most, p.Config.Deploy.MaxUnavailable.Of(size)))
	first := 1
	if p.Config.Deploy.Strategy == flytoml.BlueGreen {
		width = most
	}
	if p.Config.Deploy.Strategy == flytoml.Immediate {
		width, first = most, most
	}
	for n := first; len(up) > 0; n = width {
		n = min(n, len(up))
		list, up = append(list, up[:n]), up[n:]
	}
	return slices.AppendSeq(list, slices.Chunk(resting, most))
}

func (r *run) wellKept(ctx context.Context, group string) error {
	for _, roll := range r.Rolls {
		if roll.Action == Keep && roll.Group == group && !roll.Down {
			if _, err := r.healthy(ctx, roll.Machine); err != nil {
				return err
			}
		}
	}
	return nil
}

// work is what there is to do in a group: machines that are up or will be, those that stay down, and how
// many the group has.
func (p *Plan) work(group string) (up, resting []*Roll, size int) {
	for i := range p.Rolls {
		roll := &p.Rolls[i]
		if roll.Group != group {
			continue
		}
		size++
		switch {
		case roll.Action != Update && roll.Action != Create:
		case roll.Down:
			resting = append(resting, roll)
		default:
			up = append(up, roll)
		}
	}
	return up, resting, size
}

func (r *run) rollBatch(ctx context.Context, batch []*Roll) error {
	group, ctx := errgroup.WithContext(ctx)
	for _, roll := range batch {
		group.Go(func() error { return r.rollOne(ctx, roll) })
	}
	return group.Wait()
}

func (r *run) rollOne(ctx context.Context, roll *Roll) error {
	in := fly.LaunchMachineInput{
		Config:            r.adopted(roll, marked(roll.Config, r.release, r.secrets)),
		Region:            r.Config.PrimaryRegion,
		MinSecretsVersion: r.secrets.minVersion(),
	}
	var err error
	if roll.Action == Create {
		err = r.create(ctx, roll, in)
	} else {
		err = r.update(ctx, roll, in)
	}
	if err != nil || roll.Down || r.Config.Deploy.Strategy == flytoml.Immediate {
		return err
	}
	m, err := r.healthy(ctx, roll.Machine)
	if err != nil {
		return err
	}
	return r.try(ctx, roll.Group, m)
}

// adopted notes on a machine which release took it over from whoever made it.
func (r *run) adopted(roll *Roll, config *fly.MachineConfig) *fly.MachineConfig {
	if roll.Action == Update && foreign(roll.Machine) {
		config.Metadata[metaAdopted] = strconv.Itoa(r.release.version)
	}
	return config
}

func (r *run) create(ctx context.Context, roll *Roll, in fly.LaunchMachineInput) error {
	what := "a machine"
	if roll.standby {
		what, in.SkipLaunch, in.Config = "a standby", true, r.standbyFor(roll, in.Config)
	}
	r.say("creating %s of group %s", what, roll.Group)
	in.Config.Metadata[metaMade] = strconv.Itoa(r.release.version)
	if roll.green {
		in.Config.Metadata[metaGreen], in.SkipServiceRegistration = in.Config.Metadata[metaMade], true
		in.Config.Metadata[metaReplaces] = roll.replaces
	}
	var err error
	if in.Config, err = r.withVolumes(ctx, in.Config, roll.Group); err != nil {
		return fmt.Errorf("create machine of group %s: %w", roll.Group, err)
	}
	m, err := r.launch(ctx, in)
	if err != nil {
		return fmt.Errorf("create machine of group %s: %w", roll.Group, err)
	}
	r.is(roll, m)
	r.touch(touched{id: m.ID})
	if err := r.leases.add(ctx, m.ID); err != nil {
		return fmt.Errorf("reserve the new machine %s: %w", m.ID, err)
	}
	return nil
}

// launch makes one machine after the other: Fly lets an app make one a second, and of those that ask at the
// same time it refuses all but one, again and again, until somebody has asked too often.
func (r *run) launch(ctx context.Context, in fly.LaunchMachineInput) (*fly.Machine, error) {
	r.launching.Lock()
	defer r.launching.Unlock()
	return r.fly.Launch(ctx, r.Config.App, in)
}

func (r *run) update(ctx context.Context, roll *Roll, in fly.LaunchMachineInput) error {
	before := roll.Machine
	in.ID, in.Region, in.SkipLaunch = before.ID, before.Region, roll.Down
	if isStandby(before) {
		in.Config = r.standbyFor(roll, in.Config)
	}
	r.say("updating machine %s", in.ID)
	r.touch(touched{in.ID, before}) // before the answer: it may be lost
	m, err := r.fly.Update(ctx, r.Config.App, in, r.leases.nonce(in.ID))
	if hostIsFull(err) && !roll.Down {
		return r.replace(ctx, roll, in, err)
	}
	if err != nil {
		return fmt.Errorf("update machine %s: %w", in.ID, err)
	}
	if m.InstanceID == before.InstanceID {
		return fmt.Errorf("update machine %s: Fly took it and did not keep the update: it still is version %s", in.ID, m.InstanceID)
	}
	r.is(roll, m)
	return nil
}

// is notes which machine a roll has come to: others of the group may ask for it meanwhile.
func (r *run) is(roll *Roll, m *fly.Machine) {
	r.mu.Lock()
	defer r.mu.Unlock()
	roll.Machine = m
}

// clearAway destroys the machines that nobody needs any more, once the others are well: blue ones, and those of
// groups that fly.toml no longer has.
func (r *run) clearAway(ctx context.Context) error {
	if err := r.retire(ctx); err != nil {
		return err
	}
	for _, roll := range slices.Concat(r.Rolls, r.replaced) {
		if roll.Action != Destroy {
			continue
		}
		id, why := roll.Machine.ID, "fly.toml no longer has group "+roll.Group
		if roll.blue {
			why = "another has taken its place"
		}
		r.say("destroying machine %s: %s", id, why)
		if err := r.fly.Destroy(ctx, r.Config.App, id, r.leases.nonce(id)); err != nil {
			return fmt.Errorf("the new version runs, but machine %s is still there (%s): %w\nRun the deploy again", id, why, err)
		}
		r.leases.forget(id)
	}
	return nil
}
