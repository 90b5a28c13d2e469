package fault

import (
	"net/http"
	"path"
	"sync"
	"time"

	"github.com/renewa/pipeline/flylocal/cloud"
	"github.com/renewa/pipeline/flylocal/control"
	"github.com/renewa/pipeline/flylocal/problem"
)

// Fault is one thing that goes wrong.
type Fault struct {
	Method string `json:"method,omitempty"` // any, when empty
	Path   string `json:"path,omitempty"`   // a pattern as path.Match knows it; any, when empty
	Nth    int    `json:"nth,omitempty"`    // of the calls that match, from 1; the next, when zero
	Times  int    `json:"times,omitempty"`  // this many calls from the nth on; one, when zero
	App    string `json:"app,omitempty"`    // for what happens to machines: only this app's

	// What goes wrong: a status, with Fly's text or one given here; or a kind, as the package comment lists them.
	Status  int    `json:"status,omitempty"`
	Kind    string `json:"kind,omitempty"`
	Text    string `json:"text,omitempty"`
	Seconds int    `json:"seconds,omitempty"` // for what takes its time

	seen int
}

// Faults are the faults that wait for their call.
type Faults struct {
	cloud *control.Cloud
	mu    sync.Mutex
	all   []*Fault
	limit *limiter
}

// New makes an empty list.
func New(c *control.Cloud, limits bool) *Faults {
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
		f.cloud.SlowBy(time.Duration(x.Seconds) * time.Second)
		return f.cloud.Provoke(cloud.Mishap(x.Kind), x.App, max(x.Times, 1))
	}
	switch {
	case x.Kind != "" && known[x.Kind] == nil && x.Kind != "lost":
		return &problem.Problem{Status: http.StatusUnprocessableEntity, Text: "unknown kind of fault " + x.Kind}
	case x.Kind == "" && (x.Status < 400 || x.Status > 599):
		return &problem.Problem{Status: http.StatusUnprocessableEntity, Text: "a fault has a status from 400 to 599, or a kind"}
	}
	if _, err := path.Match(x.Path, "/"); err != nil {
		return &problem.Problem{Status: http.StatusUnprocessableEntity, Text: "the path is not a pattern: " + err.Error()}
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
