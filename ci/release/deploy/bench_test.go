package deploy_test

import (
	"fmt"
	"math"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/renewa/pipeline/ci/release/deploy"
	"github.com/renewa/pipeline/ci/release/image"
	"github.com/renewa/pipeline/flylocal"
)

// trip is the round-trip time of a request to Fly from a runner on the same continent.
const trip = 25 * time.Millisecond

// crowd is an app that has only a service with a check, so that all calls are for machines.
const crowd = `app = "shop"
primary_region = "fra"
[http_service]
  internal_port = 8080
  [[http_service.checks]]
    path = "/readyz"
`

// A least has the smallest number of calls and the shortest time of a deploy with our guarantees: it leases every machine
// before it changes the machine, rolls one machine first, verifies every machine, and records the release. For n
// machines in b batches:
//
//	nothing  2            the machines, the secrets
//	update   4 + 3n + b   the same, the release's begin and end; a lease, an update, its end; one list a batch
//	first    4 + 2n + b   the same, where the call that makes a machine leases it as well
//
// Independent requests are sent at the same time, so a batch takes two round trips. Fly makes three machines of an app at
// once and then one a second.
type least struct {
	calls int
	time  time.Duration
}

func leastOf(what string, n int) least {
	if what == "nothing" {
		return least{2, trip}
	}
	b := 1 + int(math.Ceil(float64(n-1)/float64(max(1, min(8, int(math.Ceil(float64(n)*0.33)))))))
	took := time.Duration(5+2*b) * trip
	if what == "first" {
		return least{4 + 2*n + b, max(took, time.Duration(n-3)*time.Second)}
	}
	return least{4 + 3*n + b, took}
}

// flyctl returns the smallest number of calls of flyctl for the same deploy, when it repeats none: ten calls around the
// deploy, and for each machine a lease, an update, a wait, the machine for its smoke check and again for its checks, its
// processes, and the end of the lease. A new machine comes with its lease. flyctl updates machines that need no change.
func flyctl(what string, n int) int {
	if what == "first" {
		return 10 + 6*n
	}
	return 10 + 7*n
}

// BenchmarkDeploy prints the table of `make bench`. Fly is in memory, with the round-trip time and the rate limits of the
// real one; the client and its pace are the real ones.
func BenchmarkDeploy(b *testing.B) {
	var table strings.Builder
	fmt.Fprintf(&table, "| deploy | machines | calls | least | ratio | flyctl ≥ | refused (429) | seconds | least | ratio |\n|%s\n", strings.Repeat(" ---: |", 10))
	for _, n := range []int{1, 10, 100} {
		w := open(b, flylocal.WithRateLimits())
		w.pause = 0 // the pause of a real client
		w.client = w.dial(b.Context())
		v1, v2 := w.image(nil), w.image(nil)
		for _, what := range []struct {
			name string
			ref  image.Ref
		}{{"first", v1}, {"nothing", v1}, {"update", v2}} {
			b.Run(fmt.Sprintf("%s/%d", what.name, n), func(b *testing.B) {
				m := w.measure(crowdRequest(w, what.ref, n))
				m.row(&table, what.name, n)
				b.ReportMetric(float64(m.calls), "calls")
				b.ReportMetric(m.took.Seconds(), "s")
			})
		}
	}
	fmt.Fprint(os.Stdout, "\n", table.String())
}

func crowdRequest(w *world, ref image.Ref, n int) deploy.Request {
	return deploy.Request{Stage: "development", Image: ref, Config: w.config(crowd), Source: []byte(`{"app":"shop"}`), Machines: n}
}

// measured has the number of calls and the duration of one deploy.
type measured struct {
	calls, refused int
	took           time.Duration
}

// measure plans and applies at the usual pace.
func (w *world) measure(r deploy.Request) measured {
	w.Helper()
	time.Sleep(3 * time.Second) // Fly's rate limits allow a burst again
	far := &far{next: w.wire.next}
	w.wire.next = far
	defer func() { w.wire.next = far.next }()
	w.wire.writes()
	start := time.Now()
	plan, err := deploy.Make(w.Context(), w.client, r)
	require.NoError(w, err)
	_, err = deploy.Apply(w.Context(), w.client, plan, w.say)
	require.NoError(w, err)
	m := far.result(time.Since(start))
	w.requireMachines(r.Machines, r.Image)
	return m
}

func (m measured) row(table *strings.Builder, what string, n int) {
	l := leastOf(what, n)
	fmt.Fprintf(table, "| %s | %d | %d | %d | %.2f | %d | %d | %.2f | %.2f | %.1f |\n", what, n, m.calls, l.calls, float64(m.calls)/float64(l.calls),
		flyctl(what, n), m.refused, m.took.Seconds(), l.time.Seconds(), m.took.Seconds()/l.time.Seconds())
}
