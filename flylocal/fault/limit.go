package fault

import (
	"net/http"
	"regexp"
	"sync"
	"time"
)

// limiter counts as Fly's documentation says: each action on a machine once a second, three at once;
// looking at a machine five times a second, ten at once.
type limiter struct {
	mu      sync.Mutex
	buckets map[string]*bucket
}

type bucket struct {
	left float64
	at   time.Time
}

func newLimiter() *limiter { return &limiter{buckets: map[string]*bucket{}} }

var machinePath = regexp.MustCompile(`^/v1/apps/[^/]+/machines(/[0-9a-f]+)?(/[a-z]+)?`)

// tooFast tells how long the caller should have waited.
func (f *Faults) tooFast(r *http.Request) time.Duration {
	f.mu.Lock()
	l := f.limit
	f.mu.Unlock()
	what := machinePath.FindString(r.URL.Path)
	if l == nil || what == "" {
		return 0
	}
	rate, burst := 1.0, 3.0
	if r.Method == http.MethodGet {
		rate, burst = 5, 10
	}
	return l.take(r.Method+" "+what, rate, burst)
}

func (l *limiter) take(what string, rate, burst float64) time.Duration {
	l.mu.Lock()
	defer l.mu.Unlock()
	now := time.Now()
	b := l.buckets[what]
	if b == nil {
		b = &bucket{burst, now}
		l.buckets[what] = b
	}
	b.left, b.at = min(burst, b.left+now.Sub(b.at).Seconds()*rate), now
	if b.left < 1 {
		return time.Duration((1 - b.left) / rate * float64(time.Second))
	}
	b.left--
	return 0
}
