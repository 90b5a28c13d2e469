package deploy

import (
	"fmt"
	"strings"

	"github.com/superfly/fly-go"
)

// Healthy reports whether a machine is started and all its checks pass.
func Healthy(m *fly.Machine) bool {
	return m.State == fly.MachineStateStarted && len(failing(m)) == 0
}

// down: a machine that somebody stopped, or that Fly put to sleep, or a standby, gets the new version and
// stays as it is. One that stopped because it crashed is not meant to be down.
func down(m *fly.Machine) bool {
	if m.Config != nil && len(m.Config.Standbys) > 0 {
		return true
	}
	switch m.State {
	case fly.MachineStateStopped, "stopping", fly.MachineStateSuspended, "suspending":
		return !crashed(m)
	case fly.MachineStateCreated:
		return m.GetMetadataByKey(metaLaunch) == "" // one that a run launched is on its way up
	}
	return false
}

// crashed: it is stopped, or about to be started again, after an end that nobody asked for.
func crashed(m *fly.Machine) bool {
	e := lastExit(m)
	return m.State == fly.MachineStateStopped && e != nil && !e.Request.ExitEvent.RequestedStop && e.Request.ExitEvent.ExitCode != 0
}

// asleep: it was up, and then somebody stopped it or nobody needed it.
func asleep(m *fly.Machine) bool {
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

// lastExit is how the process ended last, as the version that the machine has now; nil when it did not.
func lastExit(m *fly.Machine) *fly.MachineEvent {
	for _, e := range sinceLaunch(m) {
		if e.Type == "exit" && e.Request != nil && e.Request.ExitEvent != nil {
			return e
		}
	}
	return nil
}

// sinceLaunch are the events, newest first, since the machine was made or last updated: what an older
// version did is not held against the new one.
func sinceLaunch(m *fly.Machine) []*fly.MachineEvent {
	for i, e := range m.Events {
		if e.Type == "launch" || e.Type == "update" {
			return m.Events[:i]
		}
	}
	return m.Events
}

// failing lists the checks that do not pass, those that have not run yet included.
func failing(m *fly.Machine) []string {
	var list []string
	for _, c := range m.Checks {
		if c.Status != fly.Passing {
			list = append(list, fmt.Sprintf("check %s is %s: %s", c.Name, c.Status, strings.TrimSpace(c.Output)))
		}
	}
	if missing := checks(m) - len(m.Checks); missing > 0 {
		list = append(list, fmt.Sprintf("%s not run yet", count(missing, "check")))
	}
	return list
}

// checks is how many the configuration asks for.
func checks(m *fly.Machine) int {
	if m.Config == nil {
		return 0
	}
	n := len(m.Config.Checks)
	for _, s := range m.Config.Services {
		n += len(s.Checks)
	}
	return n
}
