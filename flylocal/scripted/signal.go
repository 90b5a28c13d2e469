package scripted

import (
	"context"

	"github.com/renewa/pipeline/flylocal/cloud"
)

// Signal ends a process, unless it ignores the signal.
func (h *Host) Signal(_ context.Context, k cloud.Key, signal string) error {
	r, err := h.run(k)
	if err != nil {
		return err
	}
	switch {
	case signal == "SIGKILL" || signal == "9" || signal == "KILL":
		r.end(cloud.Exit{Code: 137})
	case signal == "SIGHUP" || signal == "SIGUSR1" || signal == "SIGUSR2" || r.act.Deaf:
	default:
		r.end(cloud.Exit{})
	}
	return nil
}

// Suspend does nothing.
func (h *Host) Suspend(context.Context, cloud.Key) error { return nil }

// Resume does nothing.
func (h *Host) Resume(context.Context, cloud.Key) error { return nil }

func (r *run) end(e cloud.Exit) {
	r.once.Do(func() {
		r.exit = e
		close(r.ended)
	})
}

func (r *run) alive() bool {
	select {
	case <-r.ended:
		return false
	default:
		return true
	}
}
