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
// that exits or crashes meanwhile fails at once, not when the time is up.
func (r *run) healthy(ctx context.Context, m *fly.Machine) (*fly.Machine, error) {
	ctx, cancel := context.WithTimeout(ctx, r.timeout())
	defer cancel()
	last := m
	for wait := newPoll(); ; {
		now, err := r.fly.Machine(ctx, r.Config.App, m.ID)
		if err != nil && ctx.Err() == nil {
			return nil, fmt.Errorf("watch machine %s: %w", m.ID, err)
		}
		if err == nil {
			last = now
			if why := broken(now, m); why != "" {
				return nil, r.unhealthy(m.ID, why)
			}
			if now.State == fly.MachineStateStarted && len(failing(now)) == 0 {
				return now, nil
			}
		}
		if !wait.next(ctx) {
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

// unhealthy takes the machine's last words. It has a deadline of its own: the run's may be over.
func (r *run) unhealthy(id, why string) error {
	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
	defer cancel()
	lines, err := r.tail(ctx, id)
	if err != nil {
		lines = []string{"(its log could not be read: " + err.Error() + ")"}
	}
	if n := len(lines) - 20; n > 0 {
		lines = lines[n:]
	}
	return &UnhealthyError{Machine: id, Why: why, Log: lines}
}

// broken says why a machine will not come up, or nothing.
func broken(now, want *fly.Machine) string {
	if now.InstanceID != "" && want.InstanceID != "" && now.InstanceID != want.InstanceID {
		return fmt.Sprintf("runs instance %s, not %s: somebody else changed it", now.InstanceID, want.InstanceID)
	}
	switch now.State {
	case "failed", fly.MachineStateDestroyed, fly.MachineStateDestroying:
		return "is " + now.State
	}
	e := now.GetLatestEventOfTypeAfterType("exit", "launch")
	if e == nil {
		e = now.GetLatestEventOfTypeAfterType("exit", "update")
	}
	if e == nil || e.Request == nil || e.Request.ExitEvent == nil || e.Request.ExitEvent.RequestedStop {
		return ""
	}
	x := e.Request.ExitEvent
	switch {
	case x.OOMKilled:
		return "ran out of memory"
	case now.State == fly.MachineStateStopped:
		return fmt.Sprintf("exited with code %d", x.ExitCode)
	case x.Restarting && e.Request.RestartCount > 1:
		return fmt.Sprintf("keeps crashing: exit code %d, restarted %d times", x.ExitCode, e.Request.RestartCount)
	}
	return ""
}

// failing lists the checks that do not pass, those that have not run yet included.
func failing(m *fly.Machine) []string {
	want := len(m.Config.Checks)
	for _, s := range m.Config.Services {
		want += len(s.Checks)
	}
	var list []string
	for _, c := range m.Checks {
		if c.Status != fly.Passing {
			list = append(list, fmt.Sprintf("check %s is %s: %s", c.Name, c.Status, strings.TrimSpace(c.Output)))
		}
	}
	if missing := want - len(m.Checks); missing > 0 {
		list = append(list, fmt.Sprintf("%d checks have not run yet", missing))
	}
	return list
}

func describe(m *fly.Machine) string {
	if m.State != fly.MachineStateStarted {
		return "its state is " + m.State
	}
	return strings.Join(failing(m), "; ")
}

// poll paces the questions: soon at first, within Fly's rate limit later.
type poll struct{ pause time.Duration }

func newPoll() *poll { return &poll{200 * time.Millisecond} }

// next waits, and is false when there is no time left.
func (p *poll) next(ctx context.Context) bool {
	select {
	case <-ctx.Done():
		return false
	case <-time.After(p.pause):
	}
	p.pause = min(p.pause*5/4, time.Second)
	return true
}
