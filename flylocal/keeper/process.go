package keeper

import (
	"context"
	"net"
	"time"

	"github.com/renewa/pipeline/flylocal/cloud"
	"github.com/renewa/pipeline/flylocal/health"
)

// start runs the machine's process.
func (k *Keeper) start(m cloud.Machine) {
	k.change(func(_ *cloud.App, m *cloud.Machine) {
		m.Note("start", cloud.Starting, "flyd", nil)
		m.Enter(cloud.Starting)
	})
	if slow := k.Mishaps.Delay(k.key.App); slow > 0 {
		select {
		case <-time.After(slow):
		case <-k.ctx.Done():
		}
	}
	k.since = time.Now()
	if err := k.Host.Start(k.ctx, k.spec(m)); err != nil {
		if k.ctx.Err() == nil {
			k.print("cannot start: "+err.Error(), true)
			k.exited(cloud.Exit{Code: 1, Cause: err.Error()})
		}
		return
	}
	k.follow(m)
	k.change(func(_ *cloud.App, m *cloud.Machine) {
		if m.Instance == k.running && m.Want == cloud.Started {
			enterStarted(m)
		}
	})
	k.watch(m)
}

// enterStarted records that the machine's process runs, and that its health is not known yet.
func enterStarted(m *cloud.Machine) {
	m.Note("start", cloud.Started, "flyd", nil)
	m.Enter(cloud.Started)
	m.ExpectChecks(m.View().Probes())
}

// follow waits for the end of the process that runs, and reads its output.
func (k *Keeper) follow(m cloud.Machine) {
	exit, drained := make(chan cloud.Exit, 1), make(chan struct{})
	k.running, k.exit, k.drained = m.Instance, exit, drained
	k.Go(func() {
		defer close(drained)
		err := k.Host.Logs(k.ctx, k.key, time.Time{}, func(l cloud.Line) { k.Lines.Add(k.key, m.Region, l) })
		if err != nil && k.ctx.Err() == nil {
			k.print("its output cannot be read: "+err.Error(), true)
		}
	})
	k.Go(func() {
		e, err := k.Host.Wait(k.ctx, k.key)
		if k.ctx.Err() != nil {
			return
		}
		if err != nil {
			e = cloud.Exit{Code: 1, Cause: err.Error()}
		}
		exit <- e
	})
	if k.Mishaps.Strikes(cloud.Crash, k.key.App) {
		k.Go(func() { _ = k.Host.Signal(k.ctx, k.key, "SIGKILL") })
	}
}

// clear removes a process that ended, after its last lines were read.
func (k *Keeper) clear() {
	k.stopWatching()
	if k.drained != nil {
		select {
		case <-k.drained:
		case <-time.After(2 * time.Second):
		case <-k.ctx.Done():
			return
		}
	}
	k.remove(k.ctx)
	k.running, k.frozen, k.exit, k.drained = "", false, nil, nil
}

// watch runs the health checks of the process, until it ends.
func (k *Keeper) watch(m cloud.Machine) {
	ctx, cancel := context.WithCancel(k.ctx)
	k.unwatch = cancel
	dial := func(ctx context.Context, port int) (net.Conn, error) { return k.Host.Dial(ctx, k.key, port) }
	for _, p := range m.View().Probes() {
		k.Go(func() { health.Watch(ctx, p, dial, func(c cloud.Check) { k.Records.Report(k.key, m.Instance, c) }) })
	}
	k.Go(func() { k.warn(ctx, m) })
}

func (k *Keeper) stopWatching() {
	if k.unwatch != nil {
		k.unwatch()
		k.unwatch = nil
	}
}

// warn adds a warning to log and events for each service that other machines cannot reach. It looks twice, because
// some apps need a while until they listen.
func (k *Keeper) warn(ctx context.Context, m cloud.Machine) {
	warned := map[string]bool{}
	for _, pause := range []time.Duration{2 * time.Second, 8 * time.Second} {
		select {
		case <-ctx.Done():
			return
		case <-time.After(pause):
		}
		found, err := k.Host.Processes(ctx, k.key)
		if err != nil {
			continue
		}
		for _, s := range m.View().Services {
			text := health.Reach(found, s.Port)
			if text == "" || warned[text] {
				continue
			}
			warned[text] = true
			k.print("warning: "+text, true)
			k.change(func(_ *cloud.App, m *cloud.Machine) {
				m.Note("warning", m.State, "flylocal", &cloud.Request{Message: text})
			})
		}
	}
}
