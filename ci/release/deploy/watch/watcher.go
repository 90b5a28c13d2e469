// Package watch waits for machines: until one is healthy, until one has ended, until its last log lines have
// arrived.
package watch

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/superfly/fly-go"

	"github.com/renewa/pipeline/ci/release/deploy/machine"
)

// Platform has the calls of Fly that a Watcher needs.
type Platform interface {
	Machine(ctx context.Context, app, id string) (*fly.Machine, error)
	Logs(ctx context.Context, app, machine string, since time.Time) ([]string, error) // all lines since a zero time
}

// Pace has the pauses and waiting times of a Watcher.
type Pace struct {
	Poll   time.Duration // between the first two requests; later up to five times as long
	Settle time.Duration // a machine without checks counts as healthy after it has been up for this time
	Log    time.Duration // longest wait for the last log lines of a machine that has ended
}

// Usual is the pace of a deploy: that of flyctl where flyctl has one, and within Fly's rate limit.
var Usual = Pace{Poll: 200 * time.Millisecond, Settle: 5 * time.Second, Log: 20 * time.Second}

// Watcher waits for the machines of one app.
type Watcher struct {
	Fly     Platform
	App     string
	Pace    Pace
	Timeout time.Duration     // for a machine to become healthy
	Mask    *strings.Replacer // hides the values of secrets in log lines
}

// UnhealthyError is a machine that did not become healthy.
type UnhealthyError struct {
	Machine string
	Why     string
	Log     []string // the last lines of its log
}

func (e *UnhealthyError) Error() string {
	s := fmt.Sprintf("machine %s %s", e.Machine, e.Why)
	if len(e.Log) > 0 {
		s += "\n  " + strings.Join(e.Log, "\n  ")
	}
	return s
}

// WaitHealthy waits until a machine is started in the version of m and all its checks pass, and returns the machine. A
// machine that exits or crashes is an *UnhealthyError at once. A machine that was up and that Fly has put to sleep since
// counts as healthy.
func (w Watcher) WaitHealthy(parent context.Context, m *fly.Machine) (*fly.Machine, error) {
	ctx, cancel := context.WithTimeout(parent, w.Timeout)
	defer cancel()
	last, up := m, time.Time{}
	for poll := w.newPoll(); ; {
		now, err := w.Fly.Machine(ctx, w.App, m.ID)
		if err != nil && ctx.Err() == nil {
			return nil, fmt.Errorf("the state of machine %s is unknown: %w", m.ID, err)
		}
		if err == nil {
			last = now
			if why := machine.FailureReason(now, m); why != "" {
				return nil, w.NewUnhealthyError(now, why)
			}
			if !machine.Healthy(now) {
				up = time.Time{}
			} else if up.IsZero() {
				up = time.Now()
			}
			if machine.Asleep(now) || machine.Healthy(now) && w.isStable(now, up) {
				return now, nil
			}
		}
		if !poll.next(ctx) {
			if parent.Err() != nil {
				return nil, context.Cause(parent)
			}
			return nil, w.NewUnhealthyError(last, fmt.Sprintf("is not healthy after %s: %s", w.Timeout, machine.UnreadyReason(last)))
		}
	}
}

// isStable reports whether a healthy machine has a check or has been up long enough, since the time up.
func (w Watcher) isStable(m *fly.Machine, up time.Time) bool {
	return machine.Checks(m) > 0 || time.Since(up) >= w.Pace.Settle || machine.IsSettled(m)
}

// WaitEnded waits until a machine has ended, or until the context ends, which is no error.
func (w Watcher) WaitEnded(ctx context.Context, id string) error {
	for poll := w.newPoll(); ; {
		m, err := w.Fly.Machine(ctx, w.App, id)
		if err != nil && ctx.Err() == nil {
			return err
		}
		if err == nil && machine.HasEnded(m) || !poll.next(ctx) {
			return nil
		}
	}
}

// ExitCode waits for a machine to end and returns the exit code of its process.
func (w Watcher) ExitCode(ctx context.Context, id string) (int, error) {
	for poll := w.newPoll(); ; {
		now, err := w.Fly.Machine(ctx, w.App, id)
		switch {
		case err != nil && ctx.Err() == nil:
			return 0, err
		case err == nil && machine.HasEnded(now):
			if e := now.GetLatestEventOfType("exit"); e != nil && e.Request != nil {
				return e.Request.GetExitCode()
			}
			if now.State != fly.MachineStateStopped { // a stopped machine without an exit may be about to start
				return 0, fmt.Errorf("the machine is %s and has no exit code: it never ran, or somebody removed it", now.State)
			}
		}
		if !poll.next(ctx) {
			return 0, context.Cause(ctx)
		}
	}
}

// poll has the pause between two requests, which grows up to most.
type poll struct{ pause, most time.Duration }

func (w Watcher) newPoll() *poll { return &poll{w.Pace.Poll, 5 * w.Pace.Poll} }

// next pauses. It returns false when the context ends.
func (p *poll) next(ctx context.Context) bool {
	select {
	case <-ctx.Done():
		return false
	case <-time.After(p.pause):
	}
	p.pause = min(p.pause*5/4, p.most)
	return true
}
