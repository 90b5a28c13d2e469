package deploy

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/superfly/fly-go"
)

// UnhealthyError is a machine that did not come up.
type UnhealthyError struct {
	Machine string
	Why     string
	Log     []string // its last lines
}

func (e *UnhealthyError) Error() string {
	s := fmt.Sprintf("machine %s %s", e.Machine, e.Why)
	if len(e.Log) > 0 {
		s += "\n  " + strings.Join(e.Log, "\n  ")
	}
	return s
}

// healthy waits until the machine as just updated is started and every configured check passes. A machine
// that exits or crashes meanwhile fails at once, not when the time is up. One that has been up and that
// Fly has put to sleep since is as it should be.
func (r *run) healthy(run context.Context, m *fly.Machine) (*fly.Machine, error) {
	ctx, cancel := context.WithTimeout(run, r.timeout())
	defer cancel()
	last, up := m, time.Time{}
	for wait := r.pace.polling(); ; {
		now, err := r.fly.Machine(ctx, r.Config.App, m.ID)
		if err != nil && ctx.Err() == nil {
			return nil, fmt.Errorf("watch machine %s: %w", m.ID, err)
		}
		if err == nil {
			last = now
			if why := broken(now, m); why != "" {
				return nil, r.unhealthy(m.ID, why)
			}
			if !Healthy(now) {
				up = time.Time{}
			} else if up.IsZero() {
				up = time.Now()
			}
			if asleep(now) || Healthy(now) && (checks(now) > 0 || time.Since(up) >= r.pace.settle || settled(now)) {
				return now, nil
			}
		}
		if !wait.next(ctx) {
			if run.Err() != nil {
				return nil, context.Cause(run)
			}
			return nil, r.unhealthy(m.ID, fmt.Sprintf("is not healthy after %s: %s", r.timeout(), describe(last)))
		}
	}
}

func (r *run) timeout() time.Duration {
	if t := r.Config.Deploy.WaitTimeout; t > 0 {
		return t
	}
	return 5 * time.Minute
}

// settled: it has been up since long before this run.
func settled(m *fly.Machine) bool {
	for _, e := range m.Events {
		if e.Type == "start" {
			return time.Since(e.Time()) > 10*time.Minute
		}
	}
	return false
}

// broken says why a machine will not come up, or nothing.
func broken(now, want *fly.Machine) string {
	if now.InstanceID != "" && want.InstanceID != "" && now.InstanceID != want.InstanceID {
		return fmt.Sprintf("runs version %s, not %s: Fly did not keep the update, or somebody else changed it", now.InstanceID, want.InstanceID)
	}
	switch now.State {
	case "failed", fly.MachineStateDestroyed, fly.MachineStateDestroying:
		return "is " + now.State
	}
	e := lastExit(now)
	if e == nil || e.Request.ExitEvent.RequestedStop {
		return ""
	}
	x := e.Request.ExitEvent
	switch {
	case x.OOMKilled:
		return "ran out of memory"
	case x.Restarting && e.Request.RestartCount > 1:
		return fmt.Sprintf("keeps crashing: exit code %d, restarted %d times", x.ExitCode, e.Request.RestartCount)
	case !x.Restarting && now.State == fly.MachineStateStopped:
		return fmt.Sprintf("exited with code %d", x.ExitCode)
	}
	return ""
}

func describe(m *fly.Machine) string {
	if m.State != fly.MachineStateStarted {
		return "its state is " + m.State
	}
	return strings.Join(failing(m), "; ")
}
