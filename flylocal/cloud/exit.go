package cloud

import (
	"fmt"
	"time"
)

// exited is for a process that ended by itself: start it again, let it rest, or destroy the machine.
func (k *keeper) exited(e Exit) {
	lived := time.Since(k.since)
	k.clear()
	k.record(func(_ *App, m *Machine) {
		if lived > time.Minute { // it was well for a while: count anew
			m.Restarts = 0
		}
		cfg := m.View()
		again := m.Want == Started && cfg.restarts(e, m.Restarts)
		if again {
			m.Restarts++
			k.retry = time.After(min(k.c.Backoff<<min(m.Restarts-1, 10), 10*time.Second))
		}
		m.note("exit", Stopped, "flyd", exitEvent(e, false, again, m.Restarts))
		m.enter(Stopped)
		if !again && m.Want != Destroyed {
			m.Want = Stopped
			if cfg.AutoDestroy {
				m.Want, m.Halt = Destroyed, Halt{}
			}
		}
	})
	k.tell(exitText(e), false)
}

// restarts says whether a process that ended like this is started again.
func (c Config) restarts(e Exit, already int) bool {
	r := Restart{Policy: "on-failure"}
	if c.Restart != nil && c.Restart.Policy != "" {
		r = *c.Restart
	}
	if r.Max == 0 {
		r.Max = 10
	}
	switch r.Policy {
	case "always":
		return true
	case "no", "never":
		return false
	}
	return e.Code != 0 && already < r.Max
}

// adopt takes over a process of an earlier life, or notices that it is gone.
func (k *keeper) adopt() {
	m, err := k.c.Machine(k.key)
	if err != nil {
		return
	}
	once := !m.View().restarts(Exit{Code: 1}, 0) || m.View().AutoDestroy // such a command must not run twice
	f := k.found
	k.found, k.since = nil, time.Now()
	switch {
	case f != nil && f.Instance == m.Instance && (f.Running || once):
		k.frozen = m.State == Suspended
		k.attach(m)
		if !f.Running || k.frozen {
			return
		}
		k.record(func(_ *App, m *Machine) {
			if m.State != Started && m.Want == Started {
				m.note("start", Started, "flyd", nil)
				m.enter(Started)
			}
			m.checks = m.View().probes().waiting()
		})
		k.watch(m)
	case f != nil:
		_ = k.c.Host.Remove(k.ctx, k.key)
	case once && m.State == Started && m.Want == Started:
		k.exited(Exit{Code: 1, Cause: "the process was gone when flylocal came back"})
	}
}

// tell adds a line of Fly's own to the machine's log.
func (k *keeper) tell(text string, bad bool) {
	if m, err := k.c.Machine(k.key); err == nil {
		k.c.logs.add(k.key, m, Line{Time: time.Now(), Text: text, Stderr: bad})
	}
}

// exitText carries the words flyctl looks for at the end of a log.
func exitText(e Exit) string {
	switch {
	case e.Cause != "":
		return "Main child did not run: " + e.Cause
	case e.OOM:
		return "Out of memory: killed process"
	case e.Code > 128 && e.Code < 128+65:
		return fmt.Sprintf("Main child exited with signal %d (code: %d)", e.Code-128, e.Code)
	}
	return fmt.Sprintf("Main child exited normally with code: %d", e.Code)
}
