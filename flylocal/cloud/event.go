package cloud

import (
	"slices"
	"time"
)

// Event is something that happened to a machine.
type Event struct {
	ID        string   `json:"id"`
	Type      string   `json:"type"`
	Status    string   `json:"status"`
	Source    string   `json:"source"`
	Timestamp int64    `json:"timestamp"` // milliseconds
	Request   *Request `json:"request,omitempty"`
}

// Request is what Fly tells beside an event.
type Request struct {
	Exit         *ExitEvent `json:"exit_event,omitempty"`
	RestartCount int        `json:"restart_count,omitempty"`
	Message      string     `json:"message,omitempty"` // flylocal's own: why, in words
}

// ExitEvent is how the process of a machine ended.
type ExitEvent struct {
	ExitCode      int       `json:"exit_code"`
	GuestExitCode int       `json:"guest_exit_code"`
	GuestSignal   int       `json:"guest_signal"`
	OOMKilled     bool      `json:"oom_killed"`
	RequestedStop bool      `json:"requested_stop"`
	Restarting    bool      `json:"restarting"`
	Signal        int       `json:"signal"`
	ExitedAt      time.Time `json:"exited_at"`
}

const maxEvents = 60

// note puts an event in front. The launch event stays for good: clients measure from it. The lock is held.
func (m *Machine) note(kind, status, source string, r *Request) {
	e := Event{ID: ulid(), Type: kind, Status: status, Source: source, Timestamp: time.Now().UnixMilli(), Request: r}
	m.Events = append([]Event{e}, m.Events...)
	for i := len(m.Events) - 1; len(m.Events) > maxEvents && i > 0; i-- {
		if m.Events[i].Type != "launch" {
			m.Events = slices.Delete(m.Events, i, i+1)
		}
	}
}

// exitEvent words an exit as Fly does; a process killed by signal n has code 128+n and guest_signal n.
func exitEvent(e Exit, requested, restarting bool, restarts int) *Request {
	x := &ExitEvent{
		ExitCode: e.Code, GuestExitCode: e.Code, GuestSignal: -1, Signal: -1, OOMKilled: e.OOM,
		RequestedStop: requested, Restarting: restarting, ExitedAt: time.Now().UTC(),
	}
	if e.Code > 128 && e.Code < 128+65 {
		x.GuestSignal, x.Signal = e.Code-128, e.Code-128
	}
	return &Request{Exit: x, RestartCount: restarts, Message: e.Cause}
}
