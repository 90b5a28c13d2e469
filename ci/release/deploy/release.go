package deploy

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/superfly/fly-go"

	"github.com/renewa/pipeline/ci/release/deploy/machine"
	"github.com/renewa/pipeline/ci/release/deploy/report"
	"github.com/renewa/pipeline/ci/release/deploy/secretstate"
)

// ReleaseError is a release command that failed. No machine was rolled.
type ReleaseError struct {
	App, Command, Machine string
	ExitCode              int
	Log                   []string // the last lines of its log
	LogError              error    // the reason for an empty Log; may be nil
}

func (e *ReleaseError) Error() string {
	s := fmt.Sprintf("release command %q of %s failed with exit code %d (machine %s); the old machines keep serving", e.Command, e.App, e.ExitCode, e.Machine)
	if e.LogError != nil {
		return s + "\nThe log of the release command could not be read: " + e.LogError.Error()
	}
	if len(e.Log) == 0 {
		return s + "\nThe release command wrote nothing."
	}
	return s + "\n  " + strings.Join(e.Log, "\n  ")
}

// removeStale destroys the machines that killed runs left. It lets a running release command end within its timeout
// first, because the next migration must not follow one that was killed half-way.
func (r *run) removeStale(ctx context.Context) error {
	for _, id := range r.Stale {
		if m, err := r.fly.Machine(ctx, r.Config.App, id); err == nil && !machine.HasEnded(m) {
			r.say("waiting for the release command of an earlier run to end: machine %s", id)
			if _, err := r.exitCode(ctx, id); err != nil && ctx.Err() != nil {
				return err
			}
		}
		r.say("removing release machine %s of an earlier run", id)
		if err := r.fly.Destroy(ctx, r.Config.App, id, ""); err != nil {
			return fmt.Errorf("machine %s of the release command of an earlier run was not removed, nothing else was changed: %w", id, err)
		}
	}
	for _, m := range r.left {
		r.say("removing machine %s, which an earlier run left beside those that serve", m.ID)
		if err := r.fly.Destroy(ctx, r.Config.App, m.ID, r.leases.Nonce(m.ID)); err != nil {
			return fmt.Errorf("machine %s of an earlier run was not removed, nothing else was changed: %w", m.ID, err)
		}
		r.leases.Forget(m.ID)
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
		Config: withReleaseMarks(config, r.release, secretstate.State{}), Region: r.Config.PrimaryRegion, MinSecretsVersion: r.secrets.MinVersion(),
	})
	if err != nil {
		return fmt.Errorf("the machine for the release command of %s was not launched: %w", r.Config.App, err)
	}
	r.command = &report.Command{Command: r.Config.Deploy.ReleaseCommand, Machine: m.ID}
	code, err := r.exitCode(ctx, m.ID)
	if err != nil {
		return r.stopCommand(ctx, m.ID, err)
	}
	r.command.ExitCode = &code
	if code == 0 {
		return nil
	}
	failed := &ReleaseError{App: r.Config.App, Command: r.Config.Deploy.ReleaseCommand, Machine: m.ID, ExitCode: code}
	failed.Log, failed.LogError = r.watch.TailOfEnded(ctx, m.ID, 100)
	r.command.Log = failed.Log
	return failed
}

var errTooLong = errors.New("it ran longer than allowed")

// exitCode waits for the end of a machine that runs once, within the timeout of release commands, and returns its exit
// code.
func (r *run) exitCode(ctx context.Context, id string) (int, error) {
	if limit := r.Config.Deploy.ReleaseCommandTimeout; limit > 0 {
		var cancel context.CancelFunc
		ctx, cancel = context.WithTimeoutCause(ctx, limit, fmt.Errorf("%w: deploy.release_command_timeout is %s", errTooLong, limit))
		defer cancel()
	}
	return r.watch.ExitCode(ctx, id)
}

// stopCommand stops a release command that did not end in time, so that it does not change the database while no run
// watches it. It has a timeout of its own, because the run's context may have ended.
func (r *run) stopCommand(run context.Context, id string, cause error) error {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(run), 15*time.Second)
	defer cancel()
	lines, _ := r.watch.Tail(ctx, id, 100)
	r.command.Log = lines
	text := "it was stopped"
	if err := r.fly.Destroy(ctx, r.Config.App, id, ""); err != nil {
		text = "it could not be stopped: " + err.Error()
	}
	text += "; the old machines keep serving"
	if len(lines) > 0 {
		text += "\n  " + strings.Join(lines, "\n  ")
	}
	return fmt.Errorf("release command %q of %s (machine %s) has no exit code: %w; %s", r.Config.Deploy.ReleaseCommand, r.Config.App, id, cause, text)
}

// guests returns the sizes of the machines of the default group, to which the release command belongs.
func (r *run) guests() []*fly.MachineGuest {
	var list []*fly.MachineGuest
	for _, m := range r.serving {
		if m.ProcessGroup() == r.Config.DefaultGroup() && m.Config.Guest != nil {
			list = append(list, m.Config.Guest)
		}
	}
	return list
}
