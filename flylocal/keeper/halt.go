package keeper

import (
	"slices"
	"time"

	"github.com/renewa/pipeline/flylocal/cloud"
)

// halt asks the process to end, and kills it when its time is over.
func (k *Keeper) halt(m cloud.Machine) {
	signal, patience := m.View().Stopping()
	if m.Halt.Signal != "" {
		signal = m.Halt.Signal
	}
	if m.Halt.Set {
		patience = m.Halt.Timeout
	}
	if k.frozen {
		_ = k.Host.Resume(k.ctx, k.key)
	}
	if m.Halt.Kill || m.Halt.Set && patience == 0 && m.Halt.Signal == "" {
		signal = "SIGKILL"
	}
	k.stopWatching()
	_ = k.Host.Signal(k.ctx, k.key, signal) // the process may have ended just now
	e, ended := k.await(patience)
	if !ended {
		_ = k.Host.Signal(k.ctx, k.key, "SIGKILL")
		if e, ended = k.await(10 * time.Second); !ended {
			e = cloud.Exit{Code: 137, Cause: "the process did not end when killed"}
		}
	}
	if k.ctx.Err() != nil {
		return
	}
	k.clear()
	k.change(func(_ *cloud.App, m *cloud.Machine) {
		m.Note("exit", cloud.Stopped, "flyd", cloud.ExitRequest(e, true, false, 0))
		m.Halt = cloud.Halt{}
	})
	k.print(exitText(e), false)
}

// await waits so long for the process to end.
func (k *Keeper) await(patience time.Duration) (cloud.Exit, bool) {
	timer := time.NewTimer(patience)
	defer timer.Stop()
	select {
	case e := <-k.exit:
		return e, true
	case <-timer.C:
	case <-k.ctx.Done():
	}
	return cloud.Exit{}, false
}

// rest records that a machine is stopped which has no process and shall have none.
func (k *Keeper) rest() {
	k.change(func(_ *cloud.App, m *cloud.Machine) {
		if k.running != "" || m.Want != cloud.Stopped {
			return
		}
		ran := slices.ContainsFunc(m.Events, func(e cloud.Event) bool { return e.Type == "exit" })
		if m.View().AutoDestroy && ran {
			m.Want = cloud.Destroyed
		}
		m.Enter(cloud.Stopped)
	})
}

// destroy removes the machine and frees its volumes. Its record stays for a while.
func (k *Keeper) destroy(m cloud.Machine) {
	if m.State != cloud.Destroying {
		k.change(func(_ *cloud.App, m *cloud.Machine) {
			m.Note("destroy", cloud.Destroying, "flyd", nil)
			m.Enter(cloud.Destroying)
		})
	}
	if k.running != "" {
		k.halt(m)
	}
	k.remove(k.ctx)
	k.change(func(a *cloud.App, m *cloud.Machine) {
		a.Detach(m.ID)
		m.Secrets, m.Lease, m.Gone = nil, nil, time.Now().UTC()
		m.Note("destroy", cloud.Destroyed, "flyd", nil)
		m.Enter(cloud.Destroyed)
	})
}
