package fault

import (
	"net/http"
	"path"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/renewa/pipeline/flylocal/cloud"
	"github.com/renewa/pipeline/flylocal/problem"
)

// Fault is one failure.
type Fault struct {
	// For a failure of a call: which calls.
	Method string `json:"method,omitempty"` // any, when empty
	Path   string `json:"path,omitempty"`   // a pattern of path.Match; any, when empty
	Nth    int    `json:"nth,omitempty"`    // of the calls that match, from 1; the next, when zero

	// For a failure of a machine: of which app.
	App string `json:"app,omitempty"` // any, when empty

	Times int `json:"times,omitempty"` // so many calls from the nth on, or machines; one, when zero

	// The failure: a status, with Fly's text or the one given here; or a kind, see the package comment.
	Status  int    `json:"status,omitempty"`
	Kind    string `json:"kind,omitempty"`
	Text    string `json:"text,omitempty"`
	Seconds int    `json:"seconds,omitempty"` // of hang and slow-start

	seen int
}

// Cloud is what faults need of the cloud whose machines they fail.
type Cloud interface {
	App(name string) (cloud.App, error)
	Provoke(kind cloud.Mishap, app string, times int) error
	SlowBy(time.Duration)
	Armed() []cloud.Armed
	Calm()
}

// Faults are the failures that are still to happen.
type Faults struct {
	cloud  Cloud
	mu     sync.Mutex
	all    []*Fault
	limits *limits // nil without rate limits
}

// New returns an empty list, with rate limits or without.
func New(c Cloud, limited bool) *Faults {
	f := &Faults{cloud: c}
	f.Limit(limited)
	return f
}

// Add makes a failure happen. It refuses a fault of which a part would have no effect.
func (f *Faults) Add(x Fault) error {
	if err := x.check(); err != nil {
		return err
	}
	if x.ofMachine() {
		if x.App != "" {
			if _, err := f.cloud.App(x.App); err != nil {
				return refuse("there is no app %q", x.App)
			}
		}
		if x.Kind == string(cloud.Slow) {
			f.cloud.SlowBy(time.Duration(x.Seconds) * time.Second)
		}
		return f.cloud.Provoke(cloud.Mishap(x.Kind), x.App, max(x.Times, 1))
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	f.all = append(f.all, &x)
	return nil
}

// List returns the faults that are still to happen, with the times that are left.
func (f *Faults) List() []Fault {
	list := []Fault{}
	f.mu.Lock()
	defer f.mu.Unlock()
	for _, x := range f.all {
		if now := *x; x.left() > 0 {
			now.Nth, now.Times = max(x.first()-x.seen, 1), x.left()
			list = append(list, now)
		}
	}
	for _, a := range f.cloud.Armed() {
		list = append(list, Fault{Kind: string(a.Mishap), App: a.App, Times: a.Times, Seconds: int(a.Delay / time.Second)})
	}
	return list
}

// Clear ends all faults. Rate limits stay.
func (f *Faults) Clear() {
	f.cloud.Calm()
	f.mu.Lock()
	defer f.mu.Unlock()
	f.all = nil
}

// due returns the fault of this call, or nil, and counts the call.
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
		if x.seen >= x.first() && x.seen < x.first()+max(x.Times, 1) {
			return x
		}
	}
	return nil
}

func (x *Fault) first() int { return max(x.Nth, 1) }

// left returns how often the fault is still to happen.
func (x *Fault) left() int {
	return min(x.first()+max(x.Times, 1)-1-x.seen, max(x.Times, 1))
}

// ofMachine reports whether the fault happens to machines, and not to calls.
func (x *Fault) ofMachine() bool {
	return slices.Contains([]cloud.Mishap{cloud.Slow, cloud.Crash, cloud.Revert}, cloud.Mishap(x.Kind))
}

var methods = []string{"", "GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"}

// check refuses a fault that cannot happen, and fields that have no effect on it.
func (x *Fault) check() error {
	_, err := path.Match(x.Path, "/")
	switch call := !x.ofMachine(); {
	case x.Kind != "" && call && answers[x.Kind] == nil && x.Kind != lost:
		return refuse("unknown kind %q: use %s", x.Kind, strings.Join(kinds(), ", "))
	case x.Kind != "" && x.Status != 0:
		return refuse("a fault has a status or a kind, not both")
	case x.Kind == "" && (x.Status < 400 || x.Status > 599):
		return refuse("a fault has a status from 400 to 599, or a kind: %s", strings.Join(kinds(), ", "))
	case x.Nth < 0 || x.Times < 0 || x.Seconds < 0:
		return refuse("nth, times and seconds are not negative")
	case !slices.Contains(methods, x.Method):
		return refuse("unknown method %q: use one of%s", x.Method, strings.Join(methods, " "))
	case err != nil:
		return refuse("the path %q is not a pattern: %v", x.Path, err)
	case x.Text != "" && x.Kind != "":
		return refuse("a text goes with a status, not with kind %s", x.Kind)
	case x.Seconds != 0 && x.Kind != "hang" && x.Kind != string(cloud.Slow):
		return refuse("seconds go with hang and slow-start only")
	case call && x.App != "":
		return refuse("an app goes with slow-start, crash-loop and silent-revert; calls are chosen by method and path")
	case !call && (x.Method != "" || x.Path != "" || x.Nth != 0):
		return refuse("method, path and nth choose calls: kind %s takes app and times", x.Kind)
	}
	return nil
}

func refuse(format string, args ...any) error {
	return problem.New(http.StatusUnprocessableEntity, format, args...)
}
