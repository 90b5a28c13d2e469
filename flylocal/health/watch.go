// Package health does the health checks of a machine, and finds services that other machines cannot reach.
package health

import (
	"context"
	"net"
	"time"

	"github.com/renewa/pipeline/flylocal/cloud"
	"github.com/renewa/pipeline/flylocal/config"
)

// Dial connects to a port of the machine.
type Dial func(ctx context.Context, port int) (net.Conn, error)

// Watch repeats a health check until ctx ends and reports each result. Until the first success the check runs more
// often than its interval, so that a local deploy is quick. As on Fly, a failure within the grace period is a warning.
func Watch(ctx context.Context, p config.Probe, dial Dial, report func(cloud.Check)) {
	began, eager := time.Now(), 100*time.Millisecond
	interval := time.Duration(p.Interval)
	if interval < time.Second {
		interval = 10 * time.Second
	}
	for passed := false; ; {
		output, err := probe(ctx, p, dial)
		if ctx.Err() != nil {
			return
		}
		status := cloud.Passing
		switch {
		case err == nil:
			passed = true
		case !passed && time.Since(began) < time.Duration(p.Grace):
			status, output = cloud.Warning, err.Error()
		default:
			status, output = cloud.Critical, err.Error()
		}
		report(cloud.Check{Name: p.Name, Status: status, Output: output, Updated: time.Now().UTC(), Service: p.Service})
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
