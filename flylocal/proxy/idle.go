package proxy

import (
	"cmp"
	"context"
	"slices"
	"time"

	"github.com/renewa/pipeline/flylocal/cloud"
	"github.com/renewa/pipeline/flylocal/config"
)

// Tend stops machines that were idle for so long, until ctx ends: those with autostop, one by one down to
// min_machines_running.
func (p *Proxy) Tend(ctx context.Context, idle time.Duration) {
	began := time.Now()
	look := time.NewTicker(min(idle/4+time.Millisecond, 10*time.Second))
	defer look.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-look.C:
		}
		if now := time.Now(); now.Sub(began) > idle { // requests to an earlier flylocal are not known
			for _, app := range p.cloud.Apps() {
				p.rest(app, now.Add(-idle))
			}
		}
	}
}

// rest stops machines without requests since then. Machines of one process group and port replace each other.
func (p *Proxy) rest(app cloud.App, since time.Time) {
	type crew struct {
		group string
		port  int
	}
	running := map[crew][]*cloud.Machine{}
	for _, m := range app.Active() {
		cfg := m.View()
		if s, ok := service(cfg); ok && m.State == cloud.Started && m.Want == cloud.Started {
			c := crew{cfg.Metadata["fly_process_group"], s.Port}
			running[c] = append(running[c], m)
		}
	}
	for _, crew := range running {
		slices.SortFunc(crew, func(a, b *cloud.Machine) int { return cmp.Compare(a.ID, b.ID) })
		spare := len(crew)
		for _, m := range crew {
			s, _ := service(m.View())
			if spare > s.MinRunning && s.Autostop != config.Off && m.Since().Before(since) && p.stop(app, m, since) {
				spare--
			}
		}
	}
}

// stop stops or suspends a machine, unless it got a request meanwhile or a client holds its lease.
func (p *Proxy) stop(app cloud.App, m *cloud.Machine, since time.Time) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	key := cloud.Key{App: app.Name, Machine: m.ID}
	if u := p.used[key]; u.open > 0 || u.last.After(since) {
		return false
	}
	if s, _ := service(m.View()); s.Autostop == config.Suspend {
		return p.cloud.Suspend(key, "") == nil
	}
	return p.cloud.Stop(key, "", cloud.Halt{}) == nil
}

// use counts the requests to a machine.
type use struct {
	open int // requests without an answer yet
	last time.Time
}

// enter counts a request to a machine until leave.
func (p *Proxy) enter(k cloud.Key) (leave func()) {
	p.count(k, 1)
	return func() { p.count(k, -1) }
}

func (p *Proxy) count(k cloud.Key, by int) {
	p.mu.Lock()
	defer p.mu.Unlock()
	u := p.used[k]
	p.used[k] = use{u.open + by, time.Now()}
}
