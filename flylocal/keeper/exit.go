package keeper

import (
	"fmt"
	"time"

	"github.com/renewa/pipeline/flylocal/cloud"
)

// exited follows a process that ended by itself: the machine starts again, stays stopped, or is destroyed.
func (k *Keeper) exited(e cloud.Exit) {
	lived := time.Since(k.since)
	k.clear()
	k.change(func(_ *cloud.App, m *cloud.Machine) {
		if lived > time.Minute { // the process was well for a while: restarts are counted anew
			m.Restarts = 0
		}
		cfg := m.View()
		again := m.Want == cloud.Started && cfg.Restarts(e.Code, m.Restarts)
		if again {
			m.Restarts++
			k.retry = time.After(pause(k.Backoff, m.Restarts))
		}
		m.Note("exit", cloud.Stopped, "flyd", cloud.ExitRequest(e, false, again, m.Restarts))
		m.Enter(cloud.Stopped)
		if !again && m.Want != cloud.Destroyed {
			m.Want = cloud.Stopped
			if cfg.AutoDestroy {
				m.Want, m.Halt = cloud.Destroyed, cloud.Halt{}
			}
		}
	})
	k.print(exitText(e), false)
}

// pause returns the pause before a restart: the first takes backoff, each further one twice as long, at most 10 s.
func pause(backoff time.Duration, restart int) time.Duration {
	return min(backoff<<min(restart-1, 10), 10*time.Second)
}

// adopt takes over the process that an earlier flylocal left, or records that it is gone.
func (k *Keeper) adopt() {
	m, err := k.Records.Machine(k.key)
	if err != nil {
		return
	}
	once, f := m.View().Once(), k.found
	k.found, k.since = nil, time.Now()
	switch {
	case f != nil && f.Instance == m.Instance && (f.Running || once):
		k.frozen = m.State == cloud.Suspended
		k.follow(m)
		if !f.Running || k.frozen {
			return
		}
		k.change(func(_ *cloud.App, m *cloud.Machine) {
			if m.State != cloud.Started && m.Want == cloud.Started {
				m.Note("start", cloud.Started, "flyd", nil)
				m.Enter(cloud.Started)
			}
			m.ExpectChecks(m.View().Probes())
		})
		k.watch(m)
	case f != nil:
		_ = k.Host.Remove(k.ctx, k.key)
	case once && m.State == cloud.Started && m.Want == cloud.Started:
		k.exited(cloud.Exit{Code: 1, Cause: "the process was gone when flylocal came back"})
	}
}

// exitText returns the words that flyctl looks for at the end of a log.
func exitText(e cloud.Exit) string {
	switch n := e.Signal(); {
	case e.Cause != "":
		return "Main child did not run: " + e.Cause
	case e.OOM:
		return "Out of memory: killed process"
	case n > 0:
		return fmt.Sprintf("Main child exited with signal %d (code: %d)", n, e.Code)
	}
	return fmt.Sprintf("Main child exited normally with code: %d", e.Code)
}
