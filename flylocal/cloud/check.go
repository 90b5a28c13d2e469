package cloud

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"time"
)

// Statuses of a health check.
const (
	Passing  = "passing"
	Warning  = "warning"
	Critical = "critical"
)

// Check is the last result of a health check.
type Check struct {
	Name    string    `json:"name"`
	Status  string    `json:"status"`
	Output  string    `json:"output"`
	Updated time.Time `json:"updated_at"`
	Service bool      `json:"-"` // the proxy asks for it
}

type probe struct {
	Probe
	name    string
	service bool
}

// probes are the checks a config asks for: its services' first, as Fly names them.
func (c Config) probes() probes {
	var all probes
	for i, s := range c.Services {
		for _, p := range s.Checks {
			if p.Port == 0 {
				p.Port = s.Port
			}
			if p.Type == "" {
				p.Type = "tcp"
			}
			all = append(all, probe{p, fmt.Sprintf("servicecheck-%02d-%s-%d", i, p.Type, p.Port), true})
		}
	}
	for _, name := range slices.Sorted(maps.Keys(c.Checks)) {
		p := c.Checks[name]
		if p.Port == 0 && len(c.Services) > 0 {
			p.Port = c.Services[0].Port
		}
		all = append(all, probe{p, name, p.Kind == "readiness"})
	}
	return all
}

// probe checks again and again. Until the first success it looks often, so that a local deployment does not
// wait for an interval; failures count from the end of the grace period, as on Fly.
func (k *keeper) probe(ctx context.Context, instance string, p probe) {
	began, eager := time.Now(), 100*time.Millisecond
	interval := time.Duration(p.Interval)
	if interval < time.Second {
		interval = 10 * time.Second
	}
	for passed := false; ; {
		output, err := k.try(ctx, p)
		if ctx.Err() != nil {
			return
		}
		status := Passing
		switch {
		case err == nil:
			passed = true
		case !passed && time.Since(began) < time.Duration(p.Grace):
			status, output = Warning, err.Error()
		default:
			status, output = Critical, err.Error()
		}
		k.report(instance, Check{Name: p.name, Status: status, Output: output, Updated: time.Now().UTC(), Service: p.service})
		pause := interval
		if !passed {
			pause = min(eager, interval)
			eager = min(eager*2, time.Second)
		}
		select {
		case <-ctx.Done():
			return
		case <-time.After(pause):
		}
	}
}

// report keeps a result in memory: it is news, not state.
func (k *keeper) report(instance string, c Check) {
	k.c.mu.Lock()
	defer k.c.mu.Unlock()
	m := k.c.machine(k.key)
	if m == nil || m.State != Started || m.Instance != instance || m.checks == nil {
		return
	}
	changed := m.checks[c.Name].Status != c.Status
	m.checks[c.Name] = c
	if changed {
		k.c.notify()
	}
}
