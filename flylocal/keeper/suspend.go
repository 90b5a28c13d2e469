package keeper

import "github.com/renewa/pipeline/flylocal/cloud"

// freeze suspends the process.
func (k *Keeper) freeze() {
	if err := k.Host.Suspend(k.ctx, k.key); err != nil {
		k.print("cannot suspend: "+err.Error(), true)
		k.change(func(_ *cloud.App, m *cloud.Machine) { m.Want = cloud.Started })
		return
	}
	k.frozen = true
	k.stopWatching()
	k.change(func(_ *cloud.App, m *cloud.Machine) {
		m.Note("suspend", cloud.Suspended, "flyd", nil)
		m.Enter(cloud.Suspended)
	})
}

// thaw resumes the process.
func (k *Keeper) thaw() {
	if err := k.Host.Resume(k.ctx, k.key); err != nil {
		k.print("cannot resume: "+err.Error(), true)
	}
	k.frozen = false
	var now cloud.Machine
	k.change(func(_ *cloud.App, m *cloud.Machine) {
		enterStarted(m)
		now = *m.Copy()
	})
	k.watch(now)
}
