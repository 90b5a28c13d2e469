// Package machine interprets a machine as Fly returned it: its state, its checks, its last exit, the marks of a deploy in
// its metadata, and the differences between two configurations. It sends no request.
package machine

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/dustin/go-humanize/english"
	"github.com/superfly/fly-go"
)

// Healthy reports whether a machine is started and all its checks pass.
func Healthy(m *fly.Machine) bool {
	return m.State == fly.MachineStateStarted && len(failing(m)) == 0
}

// Down reports whether a machine gets a new version without being started: somebody stopped it, Fly put it to
// sleep, or it is a standby. A machine that stopped because its process crashed is not down in this sense.
func Down(m *fly.Machine) bool {
	if IsStandby(m) {
		return true
	}
	switch m.State {
	case fly.MachineStateStopped, "stopping", fly.MachineStateSuspended, "suspending":
		return !HasCrashed(m)
	case fly.MachineStateCreated:
		return m.GetMetadataByKey(MetaLaunch) == "" // a machine that a deploy launched is about to start
	}
	return false
}

// IsStandby reports whether a machine waits, stopped, for the failure of another machine's host.
func IsStandby(m *fly.Machine) bool { return m.Config != nil && len(m.Config.Standbys) > 0 }

// HasCrashed reports whether a machine is stopped after an exit with an error that nobody requested.
func HasCrashed(m *fly.Machine) bool {
	e := lastExit(m)
	return m.State == fly.MachineStateStopped && e != nil && !e.Request.ExitEvent.RequestedStop && e.Request.ExitEvent.ExitCode != 0
}

// Asleep reports whether a machine has been up in its present version and was stopped on request since, or
// suspended because no request came.
func Asleep(m *fly.Machine) bool {
	if m.State != fly.MachineStateStopped && m.State != fly.MachineStateSuspended {
		return false
	}
	if e := lastExit(m); e != nil && !e.Request.ExitEvent.RequestedStop {
		return false
	}
	started := m.State == fly.MachineStateSuspended
	for _, e := range sinceLaunch(m) {
		started = started || e.Type == "start" && e.Status == fly.MachineStateStarted
	}
	return started
}

// HasEnded reports whether a machine's process has ended for good.
func HasEnded(m *fly.Machine) bool {
	switch m.State {
	case fly.MachineStateStopped, fly.MachineStateDestroyed, fly.MachineStateDestroying, "failed":
		return true
	}
	return false
}

// IsSettled reports whether a machine has been up for more than ten minutes.
func IsSettled(m *fly.Machine) bool {
	for _, e := range m.Events {
		if e.Type == "start" {
			return time.Since(e.Time()) > 10*time.Minute
		}
	}
	return false
}

// FailureReason returns the reason why a machine will not become healthy in the version of want; empty while there is none.
func FailureReason(now, want *fly.Machine) string {
	if now.InstanceID != "" && want.InstanceID != "" && now.InstanceID != want.InstanceID {
		return fmt.Sprintf("runs version %s, not %s: Fly did not keep the update, or somebody else changed the machine", now.InstanceID, want.InstanceID)
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

// UnreadyReason returns the reason why a machine is not healthy: its state, or the checks that do not pass.
func UnreadyReason(m *fly.Machine) string {
	if m.State != fly.MachineStateStarted {
		return "its state is " + m.State
	}
	return strings.Join(failing(m), "; ")
}

// Checks returns the number of checks in a machine's configuration.
func Checks(m *fly.Machine) int {
	if m.Config == nil {
		return 0
	}
	n := len(m.Config.Checks)
	for _, s := range m.Config.Services {
		n += len(s.Checks)
	}
	return n
}

// Find returns the machine with an id; nil when there is none.
func Find(all []*fly.Machine, id string) *fly.Machine {
	if i := slices.IndexFunc(all, func(m *fly.Machine) bool { return m.ID == id }); i >= 0 {
		return all[i]
	}
	return nil
}

// Image returns the image that a machine runs, by digest where Fly reports the digest.
func Image(m *fly.Machine) string {
	if m.ImageRef.Digest == "" || strings.Contains(m.Config.Image, "@") {
		return m.Config.Image
	}
	return m.Config.Image + "@" + m.ImageRef.Digest
}

// lastExit returns the last exit of a machine's process in its present version; nil when there was none.
func lastExit(m *fly.Machine) *fly.MachineEvent {
	for _, e := range sinceLaunch(m) {
		if e.Type == "exit" && e.Request != nil && e.Request.ExitEvent != nil {
			return e
		}
	}
	return nil
}

// sinceLaunch returns the events since the machine was made or last updated, newest first, because events of an earlier
// version prove nothing about the present one.
func sinceLaunch(m *fly.Machine) []*fly.MachineEvent {
	for i, e := range m.Events {
		if e.Type == "launch" || e.Type == "update" {
			return m.Events[:i]
		}
	}
	return m.Events
}

// FirstStart returns the time at which a machine first started in its present version; zero when that is unknown.
func FirstStart(m *fly.Machine) (at time.Time) {
	for _, e := range sinceLaunch(m) {
		if e.Type == "start" {
			at = e.Time()
		}
	}
	return at
}

// failing returns the checks that do not pass, and the number of those that have not run yet.
func failing(m *fly.Machine) []string {
	var list []string
	for _, c := range m.Checks {
		if c.Status != fly.Passing {
			list = append(list, fmt.Sprintf("check %s is %s: %s", c.Name, c.Status, strings.TrimSpace(c.Output)))
		}
	}
	if missing := Checks(m) - len(m.Checks); missing > 0 {
		list = append(list, fmt.Sprintf("%s not run yet", english.Plural(missing, "check", "")))
	}
	return list
}
