package deploy

import (
	"context"
	"fmt"

	"github.com/superfly/fly-go"
)

// Whoever deploys holds the leases of all machines, taken in one order, so the first of them is the app's
// lock: it has a holder, a beat every few seconds, and an end without one. An app that has no machine yet
// gets one for as long as its first deploy takes: it is never started, and Fly gives its name once.
const lockName = "pipeline-lock"

// isLock tells the lock's machine. It does not belong to Fly's own idea of the app: no other tool minds it.
func isLock(m *fly.Machine) bool { return m.Name == lockName && !m.IsFlyAppsPlatform() }

// ensureLock gives an app without machines something to lease. Where Fly refuses it, the deploy goes on
// without, and says so.
func (r *run) ensureLock(ctx context.Context) error {
	r.unlocked = false
	if r.lock != nil || len(r.serving) > 0 {
		return nil
	}
	m, err := r.fly.Launch(ctx, r.Config.App, fly.LaunchMachineInput{
		Name: lockName, Region: r.Config.PrimaryRegion, SkipLaunch: true, SkipSecrets: true,
		Config: &fly.MachineConfig{
			Image: r.Image.String(), Guest: &fly.MachineGuest{CPUKind: "shared", CPUs: 1, MemoryMB: 256},
			Restart: &fly.MachineRestart{Policy: fly.MachineRestartPolicyNo}, DNS: &fly.DNSConfig{SkipRegistration: true},
		},
	})
	switch {
	case err == nil:
		r.lock = m
		return nil
	case r.fly.Taken(err):
		return r.findLock(ctx)
	case ctx.Err() != nil:
		return because(ctx, err)
	}
	r.unlocked = true
	r.say("nothing keeps a second first deploy of %s away: Fly refused a machine to lock it by: %v", r.Config.App, err)
	return nil
}

// findLock is for the one that somebody else made a moment ago.
func (r *run) findLock(ctx context.Context) error {
	all, err := r.fly.Machines(ctx, r.Config.App)
	if err != nil {
		return fmt.Errorf("find out who locks %s, nothing was changed: %w", r.Config.App, err)
	}
	for _, m := range all {
		if isLock(m) {
			r.lock = m
		}
	}
	return nil
}

// unlock takes the lock's machine away, with its lease. One that cannot be taken away is found by the next run.
func (l *leases) unlock(ctx context.Context, id string) {
	if nonce, held := l.all()[id]; held && l.fly.Destroy(ctx, l.app, id, nonce) == nil {
		l.forget(id)
	}
}
