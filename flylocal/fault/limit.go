package fault

import (
	"net/http"
	"regexp"
	"sync"

	"golang.org/x/time/rate"
)

// limits are the rate limits of Fly's documentation: each action on a machine once a second, three at once;
// reading a machine five times a second, ten at once.
type limits struct {
	mu  sync.Mutex
	all map[string]*rate.Limiter // by method and path
}

var machinePath = regexp.MustCompile(`^/v1/apps/[^/]+/machines(/[0-9a-f]+)?(/[a-z]+)?`)

// Limit switches rate limits on or off.
func (f *Faults) Limit(on bool) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.limits = nil
	if on {
		f.limits = &limits{all: map[string]*rate.Limiter{}}
	}
}

// Limited reports whether there are rate limits.
func (f *Faults) Limited() bool {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.limits != nil
}

// allows reports whether the rate limits let a call pass.
func (f *Faults) allows(r *http.Request) bool {
	f.mu.Lock()
	l := f.limits
	f.mu.Unlock()
	what := machinePath.FindString(r.URL.Path)
	if l == nil || what == "" {
		return true
	}
	pace, burst := rate.Limit(1), 3
	if r.Method == http.MethodGet {
		pace, burst = 5, 10
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	key := r.Method + " " + what
	if l.all[key] == nil {
		l.all[key] = rate.NewLimiter(pace, burst)
	}
	return l.all[key].Allow()
}
