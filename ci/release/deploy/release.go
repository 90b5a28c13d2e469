package deploy

import (
	"context"
	"errors"
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

// removeStale clears away what runs that were killed left behind. A command that still runs is let
// come to its end, within its time: killing one migration in the middle to begin the next is no way.
func (r *run) removeStale(ctx context.Context) error {
	for _, id := range r.Stale {
		if m, err := r.fly.Machine(ctx, r.Config.App, id); err == nil && !ended(m) {
			r.say("waiting for the release command of an earlier run to end: machine %s", id)
			if _, err := r.exit(ctx, id); err != nil && ctx.Err() != nil {
				return err
			}
		}
		r.say("removing release machine %s of an earlier run", id)
		if err := r.fly.Destroy(ctx, r.Config.App, id, ""); err != nil {
			return fmt.Errorf("remove release machine %s of an earlier run, nothing else was changed: %w", id, err)
		}
	}
	for _, m := range r.left {
		r.say("removing machine %s, which an earlier run left beside those that serve", m.ID)
		if err := r.fly.Destroy(ctx, r.Config.App, m.ID, r.leases.nonce(m.ID)); err != nil {
			return fmt.Errorf("remove machine %s of an earlier run, nothing else was changed: %w", m.ID, err)
		}
		r.leases.forget(m.ID)
	}
	return nil
}

// runReleaseCommand runs the command in a machine of its own, with the new image and the new secrets.
func (r *run) runReleaseCommand(ctx context.Context) error {
	if !r.Release {
		return nil
	}
	r.say("release command: %s", r.Config.Deploy.ReleaseCommand)
	config := r.Config.WithImage(r.Image.String()).ReleaseMachine(r.guests()...)
	m, err := r.fly.Launch(ctx, r.Config.App, fly.LaunchMachineInput{
		Config: marked(config, r.release, secretChange{}), Region: r.Config.PrimaryRegion, MinSecretsVersion: r.secrets.minVersion(),
	})
	if err != nil {
		return fmt.Errorf("launch release machine of %s: %w", r.Config.App, err)
	}
	r.command = &Command{Command: r.Config.Deploy.ReleaseCommand, Machine: m.ID}
	code, err := r.exit(ctx, m.ID)
	if err != nil {
		return r.stopped(ctx, m.ID, err)
	}
	r.command.ExitCode = &code
	if code == 0 {
		return nil
	}
	failed := &ReleaseError{App: r.Config.App, Command: r.Config.Deploy.ReleaseCommand, Machine: m.ID, ExitCode: code}
	failed.Log, failed.LogError = r.lastWords(ctx, m.ID, 100)
	r.command.Log = failed.Log
	return failed
}

var errTooLong = errors.New("it ran too long")

// exit waits for a release machine to end and returns its exit code.
func (r *run) exit(run context.Context, id string) (int, error) {
	ctx, cancel := run, context.CancelFunc(func() {})
	if limit := r.Config.Deploy.ReleaseCommandTimeout; limit > 0 {
		ctx, cancel = context.WithTimeoutCause(run, limit, fmt.Errorf("%w: deploy.release_command_timeout is %s", errTooLong, limit))
	}
	defer cancel()
	for wait := r.pace.polling(); ; {
		now, err := r.fly.Machine(ctx, r.Config.App, id)
		switch {
		case err != nil && ctx.Err() == nil:
			return 0, err
		case err == nil && ended(now):
			if e := now.GetLatestEventOfType("exit"); e != nil && e.Request != nil {
				return e.Request.GetExitCode()
			}
			if now.State != fly.MachineStateStopped { // that may be a machine that is yet to start
				return 0, fmt.Errorf("it is %s and has no exit code: it never ran, or somebody removed it", now.State)
			}
		}
		if !wait.next(ctx) {
			return 0, context.Cause(ctx)
		}
	}
}

// stopped ends a release command that was not seen to end, so that it does not go on changing the database
// while nobody watches. It has a deadline of its own: the run's may be over.
func (r *run) stopped(run context.Context, id string, cause error) error {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(run), 15*time.Second)
	defer cancel()
	lines, _ := r.tail(ctx, id, 100)
	r.command.Log = lines
	said := "it was stopped"
	if err := r.fly.Destroy(ctx, r.Config.App, id, ""); err != nil {
		said = "it could not be stopped: " + err.Error()
	}
	text := fmt.Sprintf("%s; the old machines keep serving", said)
	if len(lines) > 0 {
		text += "\n  " + strings.Join(lines, "\n  ")
	}
	return fmt.Errorf("release command %q of %s (machine %s): %w; %s", r.Config.Deploy.ReleaseCommand, r.Config.App, id, cause, text)
}

func ended(m *fly.Machine) bool {
	switch m.State {
	case fly.MachineStateStopped, fly.MachineStateDestroyed, fly.MachineStateDestroying, "failed":
		return true
	}
	return false
}

// guests are the sizes of the machines that run what the release command is part of: the default group.
func (r *run) guests() []*fly.MachineGuest {
	var list []*fly.MachineGuest
	for _, m := range r.serving {
		if m.ProcessGroup() == r.Config.DefaultGroup() && m.Config.Guest != nil {
			list = append(list, m.Config.Guest)
		}
	}
	return list
}
