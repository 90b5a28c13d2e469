package proxy

import (
	"context"
	"fmt"
	"math/rand/v2"
	"strings"
	"time"

	"github.com/renewa/pipeline/flylocal/cloud"
	"github.com/renewa/pipeline/flylocal/config"
)

// choose returns a machine that can answer. Without one it starts a machine that may be started for a request.
func (p *Proxy) choose(ctx context.Context, app cloud.App) (target, string) {
	woken, began := false, time.Now()
	for {
		changed := p.cloud.Changed()
		app, err := p.cloud.App(app.Name)
		if err != nil {
			return target{}, "The app is gone."
		}
		ready, asleep, soon, why := sort(app)
		if len(ready) > 0 {
			if t := ready[rand.IntN(len(ready))]; p.stays(&t) {
				return t, ""
			}
			continue
		}
		if len(asleep) > 0 && !woken {
			woken = true
			if _, err := p.cloud.Start(asleep[0].key, ""); err != nil {
				return target{}, fmt.Sprintf("Machine %s cannot be started: %v", asleep[0].key.Machine, err)
			}
		}
		if !woken && (!soon || time.Since(began) > pause) {
			return target{}, why
		}
		select {
		case <-changed:
		case <-time.After(pause):
		case <-ctx.Done():
			return target{}, "The machine that was started did not become healthy in time. " + why
		}
	}
}

// stays counts the request, unless the machine is just being stopped. A machine with a request is not idle.
func (p *Proxy) stays(t *target) bool {
	t.leave = p.enter(t.key)
	if m, err := p.cloud.Machine(t.key); err == nil && m.Want == cloud.Started {
		return true
	}
	t.leave()
	return false
}

// sort returns the machines that can answer, those that may be started for it, whether one is about to be healthy,
// and why no machine can answer.
func sort(app cloud.App) (ready, asleep []target, soon bool, why string) {
	var notes []string
	for _, m := range app.Active() {
		s, ok := service(m.View())
		if !ok {
			continue
		}
		t := target{key: cloud.Key{App: app.Name, Machine: m.ID}, port: s.Port}
		switch {
		case m.Healthy() && m.Want == cloud.Started:
			ready = append(ready, t)
		case (m.Want == cloud.Stopped || m.Want == cloud.Suspended) && s.Autostart != nil && *s.Autostart && !m.Cordoned:
			asleep = append(asleep, t)
		case m.Cordoned:
			notes = append(notes, m.ID+" is cordoned")
		case m.State == cloud.Started && m.Unsure():
			soon, notes = true, append(notes, m.ID+" has not passed its health checks yet")
		case m.State == cloud.Started:
			notes = append(notes, m.ID+" fails its health checks")
		default:
			soon = soon || m.Want == cloud.Started
			notes = append(notes, m.ID+" is "+m.State)
		}
	}
	if len(notes) == 0 {
		return ready, asleep, soon, fmt.Sprintf("App %q has no machine with a service.", app.Name)
	}
	return ready, asleep, soon, fmt.Sprintf("App %q has no machine that can answer: %s.", app.Name, strings.Join(notes, ", "))
}

// service returns the service of the app's URL: the first with an HTTP port.
func service(cfg config.Config) (config.Service, bool) {
	for _, s := range cfg.Services {
		for _, p := range s.Ports {
			for _, h := range p.Handlers {
				if h == "http" || h == "tls" {
					return s, true
				}
			}
		}
	}
	if len(cfg.Services) > 0 {
		return cfg.Services[0], true
	}
	return config.Service{}, false
}
