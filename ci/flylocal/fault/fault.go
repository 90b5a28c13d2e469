// Package fault lets things go wrong on demand, so that clients can be tested for it.
package fault

import (
	"encoding/json"
	"net/http"
	"path"
	"sync"

	"github.com/renewa/pipeline/ci/flylocal/answer"
	"github.com/renewa/pipeline/ci/flylocal/cloud"
	"github.com/renewa/pipeline/ci/flylocal/token"
)

// Fault is one thing that goes wrong.
type Fault struct {
	Method string `json:"method,omitempty"` // any, when empty
	Path   string `json:"path,omitempty"`   // a pattern as path.Match knows it; any, when empty
	Nth    int    `json:"nth,omitempty"`    // of the calls that match, from 1; the next, when zero
	Times  int    `json:"times,omitempty"`  // this many calls from the nth on; one, when zero
	App    string `json:"app,omitempty"`    // for what happens to machines: only this app's

	// What goes wrong: a status, with Fly's text or one given here; or one of
	// "cut" (the connection ends without an answer), "no-room" (could not reserve resource for machine),
	// "insufficient-capacity", "hang" (no answer for Seconds), "lost" (done, then 408),
	// "slow-start", "crash-loop", "silent-revert".
	Status  int    `json:"status,omitempty"`
	Kind    string `json:"kind,omitempty"`
	Text    string `json:"text,omitempty"`
	Seconds int    `json:"seconds,omitempty"`

	seen int
}

// Faults are the faults that wait for their call.
type Faults struct {
	cloud *cloud.Cloud
	mu    sync.Mutex
	all   []*Fault
	limit *limiter
}

// New makes an empty list.
func New(c *cloud.Cloud, limits bool) *Faults {
	f := &Faults{cloud: c}
	if limits {
		f.limit = newLimiter()
	}
	return f
}

// Add lets something go wrong.
func (f *Faults) Add(x Fault) error {
	switch cloud.Mishap(x.Kind) {
	case cloud.Slow, cloud.Crash, cloud.Revert:
		return f.cloud.Provoke(cloud.Mishap(x.Kind), x.App, max(x.Times, 1))
	}
	switch {
	case x.Kind != "" && known[x.Kind] == nil && x.Kind != "lost":
		return &cloud.Problem{Status: http.StatusUnprocessableEntity, Text: "unknown kind of fault " + x.Kind}
	case x.Kind == "" && (x.Status < 400 || x.Status > 599):
		return &cloud.Problem{Status: http.StatusUnprocessableEntity, Text: "a fault has a status from 400 to 599, or a kind"}
	}
	if _, err := path.Match(x.Path, "/"); err != nil {
		return &cloud.Problem{Status: http.StatusUnprocessableEntity, Text: "the path is not a pattern: " + err.Error()}
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	f.all = append(f.all, &x)
	return nil
}

// Clear ends all faults.
func (f *Faults) Clear() {
	f.cloud.Calm()
	f.mu.Lock()
	defer f.mu.Unlock()
	f.all = nil
}

// due finds the fault that is for this call.
func (f *Faults) due(r *http.Request) *Fault {
	f.mu.Lock()
	defer f.mu.Unlock()
	for _, x := range f.all {
		if x.Method != "" && x.Method != r.Method {
			continue
		}
		if ok, _ := path.Match(x.Path, r.URL.Path); x.Path != "" && !ok {
			continue
		}
		x.seen++
		first := max(x.Nth, 1)
		if x.seen >= first && x.seen < first+max(x.Times, 1) {
			return x
		}
	}
	return nil
}

// Admin adds faults by POST, ends them by DELETE, lists them by GET. It takes an org token.
func (f *Faults) Admin() http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if t := token.From(r.Context()); t.Scope != token.Org {
			answer.Refuse(w, http.StatusForbidden, "unauthorized: faults take an org token")
			return
		}
		switch r.Method {
		case http.MethodPost:
			var x struct {
				Fault
				Limits *bool `json:"rate_limits"`
			}
			if err := json.NewDecoder(r.Body).Decode(&x); err != nil {
				answer.Refuse(w, http.StatusBadRequest, "invalid fault: %v", err)
				return
			}
			if x.Limits != nil {
				f.limits(*x.Limits)
				answer.OK(w)
				return
			}
			if err := f.Add(x.Fault); err != nil {
				answer.Error(w, err)
				return
			}
			answer.OK(w)
		case http.MethodDelete:
			f.Clear()
			answer.OK(w)
		case http.MethodGet:
			f.mu.Lock()
			defer f.mu.Unlock()
			answer.JSON(w, http.StatusOK, f.all)
		default:
			answer.Unknown(w, r)
		}
	})
}

func (f *Faults) limits(on bool) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.limit = nil
	if on {
		f.limit = newLimiter()
	}
}
