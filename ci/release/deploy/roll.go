package deploy

import (
	"context"
	"fmt"
	"slices"
	"strconv"

	"github.com/superfly/fly-go"
	"golang.org/x/sync/errgroup"

	"github.com/renewa/pipeline/ci/config/flytoml"
	"github.com/renewa/pipeline/ci/release/deploy/machine"
)

// most is the largest number of machines that are rolled at once, even when fly.toml allows more.
const most = 8

// rollMachines rolls one group after the other. In each group the machines that an earlier run has updated must be
// healthy before rollMachines touches another one.
func (r *run) rollMachines(ctx context.Context) error {
	if r.Config.Deploy.Strategy == flytoml.Canary {
		if err := r.canaries(ctx); err != nil {
			return err
		}
	}
	for _, group := range r.Config.Groups() {
		if err := r.checkKept(ctx, group); err != nil {
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

// batches returns the rolls of a group in order; the rolls of one batch run at the same time. The first machine is alone
// in its batch, so that an image that fails costs one machine. The next batches are as large as deploy.max_unavailable
// allows. The last ones have the machines that are down, because these machines cannot show that the image works. With
// the strategy bluegreen no roll touches a serving machine, so all rolls after the first are in one batch of up to most.
// With immediate all are, including the first; verify still checks them.
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

func (r *run) checkKept(ctx context.Context, group string) error {
	for _, roll := range r.Rolls {
		if roll.Action == machine.Keep && roll.Group == group && !roll.Down {
			if _, err := r.watch.WaitHealthy(ctx, roll.Machine); err != nil {
				return err
			}
		}
	}
	return nil
}

// work returns the rolls of a group that change something: those of machines that run or will run, and those of machines
// that stay down. size is the number of machines in the group.
func (p *Plan) work(group string) (up, resting []*Roll, size int) {
	for i := range p.Rolls {
		roll := &p.Rolls[i]
		if roll.Group != group {
			continue
		}
		size++
		switch {
		case roll.Action != machine.Update && roll.Action != machine.Create:
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
		Config:            r.markAdopted(roll, withReleaseMarks(roll.Config, r.release, r.secrets)),
		Region:            r.Config.PrimaryRegion,
		MinSecretsVersion: r.secrets.MinVersion(),
	}
	var err error
	if roll.Action == machine.Create {
		err = r.create(ctx, roll, in)
	} else {
		err = r.update(ctx, roll, in)
	}
	if err != nil || roll.Down || r.Config.Deploy.Strategy == flytoml.Immediate {
		return err
	}
	m, err := r.watch.WaitHealthy(ctx, roll.Machine)
	if err != nil {
		return err
	}
	return r.runChecks(ctx, roll.Group, m)
}

// markAdopted records in a machine's metadata which release took it over from another tool.
func (r *run) markAdopted(roll *Roll, config *fly.MachineConfig) *fly.MachineConfig {
	if roll.Action == machine.Update && machine.Foreign(roll.Machine) {
		config.Metadata[machine.MetaAdopted] = strconv.Itoa(r.release.version)
	}
	return config
}

func (r *run) create(ctx context.Context, roll *Roll, in fly.LaunchMachineInput) error {
	what := "a machine"
	if roll.standby {
		what, in.SkipLaunch, in.Config = "a standby", true, r.standbyFor(roll, in.Config)
	}
	r.say("creating %s of group %s", what, roll.Group)
	in.Config.Metadata[machine.MetaMade] = strconv.Itoa(r.release.version)
	if roll.green {
		in.Config.Metadata[machine.MetaGreen], in.SkipServiceRegistration = in.Config.Metadata[machine.MetaMade], true
		in.Config.Metadata[machine.MetaReplaces] = roll.replaces
	}
	var err error
	if in.Config, err = r.volumes.Attach(ctx, in.Config, r.volumeSizes(roll.Group)); err != nil {
		return fmt.Errorf("no machine of group %s was created: %w", roll.Group, err)
	}
	m, err := r.fly.Launch(ctx, r.Config.App, in)
	if err != nil {
		return fmt.Errorf("no machine of group %s was created: %w", roll.Group, err)
	}
	r.setMachine(roll, m)
	r.touch(touched{id: m.ID})
	if err := r.leases.Add(ctx, m.ID); err != nil {
		return fmt.Errorf("the new machine %s was not leased: %w", m.ID, err)
	}
	return nil
}

// volumeSizes returns the sizes of a group's volumes in GB, by name.
func (r *run) volumeSizes(group string) map[string]int {
	sizes := map[string]int{}
	for _, v := range r.Config.Volumes(group) {
		sizes[v.Name] = v.SizeGB
	}
	return sizes
}

func (r *run) update(ctx context.Context, roll *Roll, in fly.LaunchMachineInput) error {
	before := roll.Machine
	in.ID, in.Region, in.SkipLaunch = before.ID, before.Region, roll.Down
	if machine.IsStandby(before) {
		in.Config = r.standbyFor(roll, in.Config)
	}
	r.say("updating machine %s", in.ID)
	r.touch(touched{in.ID, before}) // before the request, because its answer may be lost
	m, err := r.fly.Update(ctx, r.Config.App, in, r.leases.Nonce(in.ID))
	if hostIsFull(err) && !roll.Down {
		return r.replace(ctx, roll, in, err)
	}
	if err != nil {
		return fmt.Errorf("machine %s was not updated: %w", in.ID, err)
	}
	if m.InstanceID == before.InstanceID {
		return fmt.Errorf("machine %s was not updated: Fly accepted the update and did not keep it. The machine still has version %s. Run the deploy again", in.ID, m.InstanceID)
	}
	r.setMachine(roll, m)
	return nil
}

// setMachine records the machine of a roll, which other rolls of the group read at the same time.
func (r *run) setMachine(roll *Roll, m *fly.Machine) {
	r.mu.Lock()
	defer r.mu.Unlock()
	roll.Machine = m
}

// clearAway destroys the machines that are no longer needed: blue machines, and machines of groups that fly.toml no
// longer has. It runs after verify.
func (r *run) clearAway(ctx context.Context) error {
	r.cleared = true
	if err := r.retire(ctx); err != nil {
		return err
	}
	for _, roll := range slices.Concat(r.Rolls, r.replaced) {
		if roll.Action != machine.Destroy {
			continue
		}
		id, why := roll.Machine.ID, "fly.toml no longer has group "+roll.Group
		if roll.blue {
			why = "another has taken its place"
		}
		r.say("destroying machine %s: %s", id, why)
		if err := r.fly.Destroy(ctx, r.Config.App, id, r.leases.Nonce(id)); err != nil {
			return fmt.Errorf("the new version runs, but machine %s is still there (%s): %w\nRun the deploy again", id, why, err)
		}
		r.leases.Forget(id)
	}
	return nil
}
