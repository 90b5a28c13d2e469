package cloud

import (
	"context"
	"time"
)

// start runs the machine's process.
func (k *keeper) start(m Machine) {
	k.record(func(_ *App, m *Machine) {
		m.note("start", Starting, "flyd", nil)
		m.enter(Starting)
	})
	k.c.mishap.delay(k.ctx, k.key.App)
	k.since = time.Now()
	if err := k.c.Host.Start(k.ctx, k.spec(m)); err != nil {
		if k.ctx.Err() == nil {
			k.tell("cannot start: "+err.Error(), true)
			k.exited(Exit{Code: 1, Cause: err.Error()})
		}
		return
	}
	k.attach(m)
	k.record(func(_ *App, m *Machine) {
		if m.Instance == k.running && m.Want == Started {
			m.note("start", Started, "flyd", nil)
			m.enter(Started)
			m.checks = m.View().probes().waiting()
		}
	})
	k.watch(m)
}

// attach follows the process that runs: how it ends, and what it writes.
func (k *keeper) attach(m Machine) {
	exit, drained := make(chan Exit, 1), make(chan struct{})
	k.running, k.exit, k.drained = m.Instance, exit, drained
	k.c.work.Go(func() {
		defer close(drained)
		err := k.c.Host.Logs(k.ctx, k.key, time.Time{}, func(l Line) { k.c.logs.add(k.key, m, l) })
		if err != nil && k.ctx.Err() == nil {
			k.tell("its output cannot be read: "+err.Error(), true)
		}
	})
	k.c.work.Go(func() {
		e, err := k.c.Host.Wait(k.ctx, k.key)
		if k.ctx.Err() != nil {
			return
		}
		if err != nil {
			e = Exit{Code: 1, Cause: err.Error()}
		}
		exit <- e
	})
	if k.c.mishap.strikes(Crash, k.key.App) {
		k.c.work.Go(func() { _ = k.c.Host.Signal(k.ctx, k.key, "SIGKILL") })
	}
}

// clear forgets a process that ended: last lines first, then what is left of it.
func (k *keeper) clear() {
	if k.unwatch != nil {
		k.unwatch()
		k.unwatch = nil
	}
	if k.drained != nil {
		select {
		case <-k.drained:
		case <-time.After(2 * time.Second):
		case <-k.ctx.Done():
			return
		}
	}
	if err := k.c.Host.Remove(k.ctx, k.key); err != nil && k.ctx.Err() == nil {
		k.c.Log.Error("cannot remove what a machine left", "machine", k.key.Machine, "error", err)
	}
	k.running, k.frozen, k.exit, k.drained = "", false, nil, nil
}

// watch runs the health checks of the process, until it ends.
func (k *keeper) watch(m Machine) {
	ctx, cancel := context.WithCancel(k.ctx)
	k.unwatch = cancel
	for _, p := range m.View().probes() {
		k.c.work.Go(func() { k.probe(ctx, m.Instance, p) })
	}
	k.c.work.Go(func() { k.listen(ctx, m) })
}
