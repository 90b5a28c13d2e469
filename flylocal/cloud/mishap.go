package cloud

import (
	"cmp"
	"net/http"
	"slices"
	"sync"
	"time"

	"github.com/renewa/pipeline/flylocal/problem"
)

// Mishap is a failure on Fly's side, on demand.
type Mishap string

const (
	Slow   Mishap = "slow-start"    // a machine takes longer to start
	Crash  Mishap = "crash-loop"    // a process is killed as soon as it runs
	Revert Mishap = "silent-revert" // an update is acknowledged and undone
)

// Armed is a mishap that is still to happen.
type Armed struct {
	Mishap Mishap
	App    string // of any app, when empty
	Times  int
	Delay  time.Duration // of a slow start
}

// Mishaps are the mishaps that are still to happen. The zero value has none.
type Mishaps struct {
	mu   sync.Mutex
	all  []Armed
	slow time.Duration
}

// Provoke lets a mishap happen so many times to an app, or to any. It replaces what was provoked of that kind before.
func (x *Mishaps) Provoke(kind Mishap, app string, times int) error {
	switch kind {
	case Slow, Crash, Revert:
	default:
		return problem.New(http.StatusUnprocessableEntity, "unknown mishap %q: use slow-start, crash-loop or silent-revert", kind)
	}
	x.mu.Lock()
	defer x.mu.Unlock()
	x.all = slices.DeleteFunc(x.all, func(a Armed) bool { return a.Mishap == kind && a.App == app })
	if times > 0 {
		x.all = append(x.all, Armed{Mishap: kind, App: app, Times: times})
	}
	return nil
}

// SlowBy sets how much longer a slow start takes: 5 s unless it is set.
func (x *Mishaps) SlowBy(d time.Duration) {
	x.mu.Lock()
	defer x.mu.Unlock()
	x.slow = d
}

// Armed lists the mishaps that are still to happen.
func (x *Mishaps) Armed() []Armed {
	x.mu.Lock()
	defer x.mu.Unlock()
	all := slices.Clone(x.all)
	for i := range all {
		if all[i].Mishap == Slow {
			all[i].Delay = x.delay()
		}
	}
	return all
}

// Calm ends all mishaps.
func (x *Mishaps) Calm() {
	x.mu.Lock()
	defer x.mu.Unlock()
	x.all = nil
}

// Strikes reports whether a mishap happens to an app now, and counts it.
func (x *Mishaps) Strikes(kind Mishap, app string) bool {
	x.mu.Lock()
	defer x.mu.Unlock()
	for _, who := range []string{app, ""} {
		i := slices.IndexFunc(x.all, func(a Armed) bool { return a.Mishap == kind && a.App == who })
		if i < 0 {
			continue
		}
		if x.all[i].Times--; x.all[i].Times == 0 {
			x.all = slices.Delete(x.all, i, i+1)
		}
		return true
	}
	return false
}

// Delay returns how much longer a machine of an app takes to start now.
func (x *Mishaps) Delay(app string) time.Duration {
	if !x.Strikes(Slow, app) {
		return 0
	}
	x.mu.Lock()
	defer x.mu.Unlock()
	return x.delay()
}

func (x *Mishaps) delay() time.Duration { return cmp.Or(x.slow, 5*time.Second) }
