package cloud

import (
	"slices"
	"time"

	"github.com/renewa/pipeline/flylocal/id"
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

// Request has the details of an event.
type Request struct {
	Exit         *ExitEvent `json:"exit_event,omitempty"`
	RestartCount int        `json:"restart_count,omitempty"`
	Message      string     `json:"message,omitempty"` // flylocal's own: the reason, as text
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

// Note adds an event in front. The launch event is never dropped: clients count events from it.
func (m *Machine) Note(kind, status, source string, r *Request) {
	e := Event{ID: id.ULID(), Type: kind, Status: status, Source: source, Timestamp: time.Now().UnixMilli(), Request: r}
	m.Events = append([]Event{e}, m.Events...)
	for i := len(m.Events) - 1; len(m.Events) > maxEvents && i > 0; i-- {
		if m.Events[i].Type != "launch" {
			m.Events = slices.Delete(m.Events, i, i+1)
		}
	}
}

// ExitRequest returns the details of an exit event. A process that signal n killed has code 128+n and guest_signal n.
func ExitRequest(e Exit, requested, restarting bool, restarts int) *Request {
	x := &ExitEvent{
		ExitCode: e.Code, GuestExitCode: e.Code, GuestSignal: -1, Signal: -1, OOMKilled: e.OOM,
		RequestedStop: requested, Restarting: restarting, ExitedAt: time.Now().UTC(),
	}
	if n := e.Signal(); n > 0 {
		x.GuestSignal, x.Signal = n, n
	}
	return &Request{Exit: x, RestartCount: restarts, Message: e.Cause}
}
