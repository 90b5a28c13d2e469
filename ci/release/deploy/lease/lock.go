package lease

import (
	"context"
	"slices"

	"github.com/superfly/fly-go"
)

// lockName is the name of the lock: a machine for an app without machines, so that its first deploy has a machine to
// lease. The lock is never started. Fly accepts a name for one machine only, so two deploys cannot both make a lock.
const lockName = "pipeline-lock"

// FindLock returns the lock among an app's machines; nil when there is none. The lock has no platform metadata, so
// no other tool takes it for a machine of the app.
func FindLock(machines []*fly.Machine) *fly.Machine {
	if i := slices.IndexFunc(machines, func(m *fly.Machine) bool { return m.Name == lockName && !m.IsFlyAppsPlatform() }); i >= 0 {
		return machines[i]
	}
	return nil
}

// Lock returns the request for an app's lock. The image must exist, although it never runs.
func Lock(region, image string) fly.LaunchMachineInput {
	return fly.LaunchMachineInput{
		Name: lockName, Region: region, SkipLaunch: true, SkipSecrets: true,
		Config: &fly.MachineConfig{
			Image: image, Guest: &fly.MachineGuest{CPUKind: "shared", CPUs: 1, MemoryMB: 256},
			Restart: &fly.MachineRestart{Policy: fly.MachineRestartPolicyNo}, DNS: &fly.DNSConfig{SkipRegistration: true},
		},
	}
}

// destroyLock destroys the lock and thereby its lease. When that fails, the next deploy finds the lock and uses it.
func (s *Set) destroyLock(ctx context.Context) {
	if s.Lock == nil {
		return
	}
	id := s.Lock.ID
	if nonce, held := s.all()[id]; held && s.fly.Destroy(ctx, s.App, id, nonce) == nil {
		s.Forget(id)
	}
}
