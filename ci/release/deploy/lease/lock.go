package lease

import (
	"context"
	"slices"

	"github.com/superfly/fly-go"
)

// lockName is the name of the machine that an app without machines has during its first deploy, so that there is
// something to lease. The machine is never started, and Fly gives a name to one machine only.
const lockName = "pipeline-lock"

// FindLock returns the lock among an app's machines; nil when there is none. The lock has no platform metadata, so
// no other tool takes it for a machine of the app.
func FindLock(machines []*fly.Machine) *fly.Machine {
	if i := slices.IndexFunc(machines, func(m *fly.Machine) bool { return m.Name == lockName && !m.IsFlyAppsPlatform() }); i >= 0 {
		return machines[i]
	}
	return nil
}

// Lock describes the lock of an app in a region. Its image must exist, though it never runs.
func Lock(region, image string) fly.LaunchMachineInput {
	return fly.LaunchMachineInput{
		Name: lockName, Region: region, SkipLaunch: true, SkipSecrets: true,
		Config: &fly.MachineConfig{
			Image: image, Guest: &fly.MachineGuest{CPUKind: "shared", CPUs: 1, MemoryMB: 256},
			Restart: &fly.MachineRestart{Policy: fly.MachineRestartPolicyNo}, DNS: &fly.DNSConfig{SkipRegistration: true},
		},
	}
}

// destroyLock destroys the lock, and its lease with it. The next deploy finds a lock that cannot be destroyed.
func (s *Set) destroyLock(ctx context.Context) {
	if s.Request.Lock == nil {
		return
	}
	id := s.Request.Lock.ID
	if nonce, held := s.all()[id]; held && s.fly.Destroy(ctx, s.App, id, nonce) == nil {
		s.Forget(id)
	}
}
