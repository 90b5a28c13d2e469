package cloud

func (k *keeper) freeze() {
	if err := k.c.Host.Suspend(k.ctx, k.key); err != nil {
		k.tell("cannot suspend: "+err.Error(), true)
		k.record(func(_ *App, m *Machine) { m.Want = Started })
		return
	}
	k.frozen = true
	k.unwatch()
	k.record(func(_ *App, m *Machine) {
		m.note("suspend", Suspended, "flyd", nil)
		m.enter(Suspended)
	})
}

func (k *keeper) thaw() {
	if err := k.c.Host.Resume(k.ctx, k.key); err != nil {
		k.tell("cannot resume: "+err.Error(), true)
	}
	k.frozen = false
	var now Machine
	k.record(func(_ *App, m *Machine) {
		m.note("start", Started, "flyd", nil)
		m.enter(Started)
		m.checks = m.View().probes().waiting()
		now = *m.copy()
	})
	k.watch(now)
}
