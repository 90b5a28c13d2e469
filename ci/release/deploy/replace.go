package deploy

import (
	"context"
	"fmt"
	"strings"

	"github.com/superfly/fly-go"

	"github.com/renewa/pipeline/ci/release/deploy/machine"
)

// full has the texts of Fly's errors for a host that has no space for the new version of a machine.
var full = []string{"could not reserve resource for machine", "deploys to this host are temporarily disabled"}

func hostIsFull(err error) bool {
	for _, text := range full {
		if err != nil && strings.Contains(err.Error(), text) {
			return true
		}
	}
	return false
}

// replace makes a machine on another host in place of a machine whose host is full. The old machine serves until all
// new ones are healthy; then clearAway destroys it. The new machine's metadata has the id of the old one, so that the
// next run after a killed one makes no third machine. A machine with a volume cannot move.
func (r *run) replace(ctx context.Context, roll *Roll, in fly.LaunchMachineInput, refused error) error {
	old := roll.Machine
	if len(in.Config.Mounts) > 0 {
		return fmt.Errorf("machine %s was not updated: %w\nThe volume of the machine ties it to that host: wait until the host has space, or move the volume", old.ID, refused)
	}
	r.say("the host of machine %s is full: making another machine in its place", old.ID)
	in.ID, in.SkipLaunch = "", false
	in.Config.Metadata[machine.MetaReplaces] = old.ID
	if err := r.create(ctx, roll, in); err != nil {
		return err
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	r.replaced = append(r.replaced, Roll{Action: machine.Destroy, Group: roll.Group, Machine: old, blue: true})
	return nil
}
