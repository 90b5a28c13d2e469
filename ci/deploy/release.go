package deploy

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/superfly/fly-go"
)

// ReleaseError is a release command that did not end well. No machine was rolled.
type ReleaseError struct {
	App, Command, Machine string
	ExitCode              int
	Log                   []string // its last lines
	LogError              error    // why there are none
}

func (e *ReleaseError) Error() string {
	s := fmt.Sprintf("release command %q of %s failed with exit code %d (machine %s); the old machines keep serving", e.Command, e.App, e.ExitCode, e.Machine)
	if e.LogError != nil {
		return s + "\nIts log could not be read: " + e.LogError.Error()
	}
	if len(e.Log) == 0 {
		return s + "\nIt wrote nothing."
	}
	return s + "\n  " + strings.Join(e.Log, "\n  ")
}

// runReleaseCommand runs the command in a machine of its own, with the new image and the new secrets.
func (r *run) runReleaseCommand(ctx context.Context) error {
	for _, id := range r.Stale {
		if err := r.fly.Destroy(ctx, r.Config.App, id, ""); err != nil {
			return fmt.Errorf("remove release machine %s of an earlier run: %w", id, err)
		}
	}
	if !r.Release {
		return nil
	}
	r.say("release command: %s", r.Config.Deploy.ReleaseCommand)
	config := r.Config.WithImage(r.Image.String()).ReleaseMachine(r.guests()...)
	config = marked(config, r.release.id, r.release.version, secretChange{})
	m, err := r.fly.Launch(ctx, r.Config.App, fly.LaunchMachineInput{
		Config: config, Region: r.Config.PrimaryRegion, MinSecretsVersion: r.secrets.minVersion(),
	})
	if err != nil {
		return fmt.Errorf("launch release machine of %s: %w", r.Config.App, err)
	}
	code, err := r.exit(ctx, m)
	if err != nil {
		return err
	}
	if code == 0 {
		return nil
	}
	failed := &ReleaseError{App: r.Config.App, Command: r.Config.Deploy.ReleaseCommand, Machine: m.ID, ExitCode: code}
	failed.Log, failed.LogError = r.tail(ctx, m.ID)
	return failed
}

// exit waits for a machine to end and returns its exit code.
func (r *run) exit(ctx context.Context, m *fly.Machine) (int, error) {
	limit := r.Config.Deploy.ReleaseCommandTimeout
	if limit > 0 {
		var cancel context.CancelFunc
		ctx, cancel = context.WithTimeout(ctx, limit)
		defer cancel()
	}
	for wait := newPoll(); ; {
		now, err := r.fly.Machine(ctx, r.Config.App, m.ID)
		if err == nil {
			if e := now.GetLatestEventOfType("exit"); e != nil && e.Request != nil && ended(now) {
				code, err := e.Request.GetExitCode()
				if err != nil {
					return 0, fmt.Errorf("read exit code of release machine %s: %w", m.ID, err)
				}
				return code, nil
			}
		} else if ctx.Err() == nil {
			return 0, fmt.Errorf("watch release machine %s: %w", m.ID, err)
		}
		if !wait.next(ctx) {
			return 0, r.tooLong(m.ID, limit)
		}
	}
}

// tooLong stops a release command that is over its time, so that it does not go on changing the database.
func (r *run) tooLong(id string, limit time.Duration) error {
	ctx, cancel := context.WithTimeout(context.Background(), 15*time.Second)
	defer cancel()
	lines, _ := r.tail(ctx, id)
	stopped := "it was stopped"
	if err := r.fly.Destroy(ctx, r.Config.App, id, ""); err != nil {
		stopped = "it could not be stopped: " + err.Error()
	}
	return fmt.Errorf("release command of %s ran longer than %s: %s; the old machines keep serving. deploy.release_command_timeout sets the time.\n  %s",
		r.Config.App, limit, stopped, strings.Join(lines, "\n  "))
}

func ended(m *fly.Machine) bool {
	switch m.State {
	case fly.MachineStateStopped, fly.MachineStateDestroyed, fly.MachineStateDestroying, "failed":
		return true
	}
	return false
}

func (r *run) guests() []*fly.MachineGuest {
	var list []*fly.MachineGuest
	for _, m := range r.serving {
		if m.Config.Guest != nil {
			list = append(list, m.Config.Guest)
		}
	}
	return list
}

// tail returns a machine's last 100 log lines.
func (r *run) tail(ctx context.Context, id string) ([]string, error) {
	lines, err := r.fly.Logs(ctx, r.Config.App, id)
	if n := len(lines) - 100; n > 0 {
		lines = lines[n:]
	}
	return lines, err
}
