package fly

import (
	"context"
	"sync"
	"time"

	"golang.org/x/time/rate"
)

// burst is the number of machines of one app that Fly makes at once. After these, Fly makes one machine a second and
// refuses the others with 429.
const burst = 3

// launchPace keeps the launches of each app within Fly's limit, so that none is refused.
type launchPace struct {
	every time.Duration

	mu   sync.Mutex
	apps map[string]*rate.Limiter
}

// wait pauses until the app may have another machine. When the context ends first, wait returns early and the
// request itself fails.
func (p *launchPace) wait(ctx context.Context, app string) {
	p.mu.Lock()
	if p.apps[app] == nil {
		p.apps[app] = rate.NewLimiter(rate.Every(p.every), burst)
	}
	limiter := p.apps[app]
	p.mu.Unlock()
	_ = limiter.Wait(ctx)
}
