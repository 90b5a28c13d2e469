package deploy_test

import (
	"cmp"
	"context"
	"fmt"
	"net/http"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"github.com/superfly/fly-go/flaps"
)

// The test kills the process at every step: at each request that differs from the one before, once before Fly has
// executed it and once after. No clean-up runs. Then the leases expire, and a second process makes the same deploy. With
// -short the test kills at every thirteenth step only.
func TestTheRunAfterAKilledOneHasTheSameResult(t *testing.T) {
	kills := 0
	for name, s := range scenarios() {
		for when, carriedOut := range map[string]bool{"before": false, "after": true} {
			t.Run(name+" killed "+when+" a request", func(t *testing.T) {
				steps, survived := everyStep(unlessShort(1, 13), func(step int) bool { return kill(t, s, step, carriedOut) })
				t.Logf("%s: killed %s %d of %d requests, each time with the same end", name, when, survived, steps)
				require.Greater(t, steps, 10)
				require.Positive(t, survived)
				kills += survived
			})
		}
	}
	t.Logf("%d scenarios, %d kills, all survived", len(scenarios()), kills)
}

// unlessShort returns the first number, or the second one with -short.
func unlessShort(all, short int) int {
	if testing.Short() {
		return short
	}
	return all
}

// everyStep calls play for steps 1, 1+stride, 1+2*stride, …, four at the same time, until play reports that a step is
// beyond the end. It returns the number of steps before the end, which a stride may overestimate, and of calls.
func everyStep(stride int, play func(step int) (over bool)) (steps, played int) {
	var next, last, count atomic.Int32
	next.Store(int32(1 - stride))
	last.Store(1000)
	var all sync.WaitGroup
	for range 4 {
		all.Go(func() {
			for {
				step := next.Add(int32(stride))
				if step > last.Load() {
					return
				}
				if play(int(step)) {
					last.Store(min(last.Load(), step-1))
				} else {
					count.Add(1)
				}
			}
		})
	}
	all.Wait()
	return int(last.Load()), int(count.Load())
}

// kill plays a scenario, ends the process at a step, and plays the scenario again. It reports whether the scenario ended
// before that step.
func kill(t *testing.T, s scenario, step int, carriedOut bool) (over bool) {
	w := open(t)
	s.before(w)
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	process := &killedProcess{at: step, carriedOut: carriedOut, end: cancel}
	w.wire.cut = process.cut
	if s.serves {
		w.wire.look = func() {
			for _, m := range w.app().Machines {
				if m.Healthy() && m.View().Metadata["fly_process_group"] == "app" {
					return
				}
			}
			t.Errorf("killed at step %d, %s: no machine serves", step, process.line)
		}
	}
	err := s.ask(ctx, w, w.client)
	if !process.dead {
		require.NoError(t, err)
		w.fly.Close()
		return true
	}
	w.wire.cut = nil
	w.fly.Cloud().Expire()

	require.NoError(t, s.ask(t.Context(), w, w.dial(t.Context())), "killed at step %d, %s", step, process.line)
	w.wire.look = nil
	size := cmp.Or(s.size, 2)
	require.Eventually(t, func() bool { return len(w.machines()) == size }, patience, time.Millisecond, "killed at step %d, %s: no machine is left over", step, process.line)
	for _, m := range w.requireMachines(size, s.want(w)) {
		require.False(t, w.app().Machines[m.ID].Cordoned, "killed at step %d, %s: one is out of the rotation", step, process.line)
	}
	for _, m := range w.app().Machines {
		require.True(t, strings.HasPrefix(m.State, "destroy") || m.Lease == nil || m.Lease.Expires.Before(time.Now()), "killed at step %d, %s: a lease is held", step, process.line)
	}
	for _, status := range w.statuses() {
		require.NotContains(t, []string{"pending", "running"}, status, "killed at step %d, %s: a release is left open", step, process.line)
	}
	require.True(t, s.beside || w.countMade() == size, "killed at step %d, %s: never two machines for one", step, process.line)
	w.fly.Close()
	return false
}

// killedProcess ends a process at a step: Fly receives no later request of that process.
type killedProcess struct {
	mu         sync.Mutex
	at, step   int
	carriedOut bool
	end        func()
	line       string
	dead       bool
}

func (p *killedProcess) cut(_ int, r *http.Request) (before, after bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.dead {
		return true, true
	}
	line := fmt.Sprintf("%s %s", r.Method, r.URL.Path)
	if line == p.line || strings.HasSuffix(line, "/lease") && r.Header[flaps.NonceHeader] != nil && r.Method == http.MethodPost {
		return false, false // a repeated request, or the renewal of a lease in the background
	}
	p.line, p.step = line, p.step+1
	if p.step == p.at {
		p.dead = true
		p.end()
	}
	return p.dead && !p.carriedOut, p.dead
}
