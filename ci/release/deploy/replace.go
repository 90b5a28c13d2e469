package deploy

import (
	"context"
	"fmt"
	"strings"

	"github.com/superfly/fly-go"
)

// full are Fly's words for a host that cannot take the new version of a machine.
var full = []string{"could not reserve resource for machine", "deploys to this host are temporarily disabled"}

func hostIsFull(err error) bool {
	for _, words := range full {
		if err != nil && strings.Contains(err.Error(), words) {
			return true
		}
	}
	return false
}

// replace makes a machine elsewhere in the place of one whose host is full. The old one serves until all are
// well, and goes with those that nobody needs. The new one names it, so that a killed run is gone on with and
// no third one is made. A machine with a volume cannot move.
func (r *run) replace(ctx context.Context, roll *Roll, in fly.LaunchMachineInput, refused error) error {
	old := roll.Machine
	if len(in.Config.Mounts) > 0 {
		return fmt.Errorf("update machine %s: %w\nIts volume keeps it on that host: wait until there is room, or move the volume", old.ID, refused)
	}
	r.say("the host of machine %s is full: making another in its place", old.ID)
	in.ID, in.SkipLaunch = "", false
	in.Config.Metadata[metaReplaces] = old.ID
	if err := r.create(ctx, roll, in); err != nil {
		return err
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	r.replaced = append(r.replaced, Roll{Action: Destroy, Group: roll.Group, Machine: old, blue: true})
	return nil
}
