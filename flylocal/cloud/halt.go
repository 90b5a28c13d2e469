package cloud

import (
	"time"
)

// halt asks the process to end, and ends it when it does not.
func (k *keeper) halt(m Machine) {
	signal, patience := m.View().stopping()
	if m.Halt.Signal != "" {
		signal = m.Halt.Signal
	}
	if m.Halt.Set {
		patience = m.Halt.Timeout
	}
	if k.frozen {
		_ = k.c.Host.Resume(k.ctx, k.key)
	}
	if m.Halt.Kill || m.Halt.Set && patience == 0 && m.Halt.Signal == "" {
		signal = "SIGKILL"
	}
	if k.unwatch != nil {
		k.unwatch()
		k.unwatch = nil
	}
	_ = k.c.Host.Signal(k.ctx, k.key, signal) // it may have ended just now
	e, ended := k.await(patience)
	if !ended {
		_ = k.c.Host.Signal(k.ctx, k.key, "SIGKILL")
		if e, ended = k.await(10 * time.Second); !ended {
			e = Exit{Code: 137, Cause: "the process did not end when killed"}
		}
	}
	if k.ctx.Err() != nil {
		return
	}
	k.clear()
	k.record(func(_ *App, m *Machine) {
		m.note("exit", Stopped, "flyd", exitEvent(e, true, false, 0))
		m.Halt = Halt{}
	})
	k.tell(exitText(e), false)
}

func (k *keeper) await(patience time.Duration) (Exit, bool) {
	timer := time.NewTimer(patience)
	defer timer.Stop()
	select {
	case e := <-k.exit:
		return e, true
	case <-timer.C:
	case <-k.ctx.Done():
	}
	return Exit{}, false
}

// stopping is the signal and the patience of a machine's config. Fly sends SIGINT and waits 5 s.
func (c Config) stopping() (signal string, patience time.Duration) {
	signal, patience = "SIGINT", 5*time.Second
	if c.Stop == nil {
		return signal, patience
	}
	if c.Stop.Signal != nil && *c.Stop.Signal != "" {
		signal = *c.Stop.Signal
	}
	if c.Stop.Timeout != nil && *c.Stop.Timeout > 0 {
		patience = time.Duration(*c.Stop.Timeout)
	}
	return signal, patience
}

// rest is for a machine without a process that nobody wants running.
func (k *keeper) rest() {
	k.record(func(_ *App, m *Machine) {
		if k.running != "" || m.Want != Stopped {
			return
		}
		if m.View().AutoDestroy && ran(m.Events) {
			m.Want = Destroyed
		}
		m.enter(Stopped)
	})
}

func ran(events []Event) bool {
	for _, e := range events {
		if e.Type == "exit" {
			return true
		}
	}
	return false
}

// destroy ends the machine. Its volumes are free again; it can still be asked about for a while.
func (k *keeper) destroy(m Machine) {
	if m.State != Destroying {
		k.record(func(_ *App, m *Machine) {
			m.note("destroy", Destroying, "flyd", nil)
			m.enter(Destroying)
		})
	}
	if k.running != "" {
		k.halt(m)
	}
	if err := k.c.Host.Remove(k.ctx, k.key); err != nil && k.ctx.Err() == nil {
		k.c.Log.Error("a machine is left behind", "app", k.key.App, "machine", k.key.Machine, "error", err)
	}
	k.record(func(a *App, m *Machine) {
		a.detach(m.ID)
		m.Secrets, m.Lease, m.Gone = nil, nil, time.Now().UTC()
		m.note("destroy", Destroyed, "flyd", nil)
		m.enter(Destroyed)
		delete(k.c.keepers, k.key)
	})
}
