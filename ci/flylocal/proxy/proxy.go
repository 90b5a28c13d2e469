// Package proxy gives apps their URL: http://<app>.localhost.
package proxy

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"net"
	"net/http"
	"net/http/httputil"
	"strings"
	"time"

	"github.com/renewa/pipeline/ci/flylocal/cloud"
)

// Proxy sends requests to machines.
type Proxy struct {
	cloud *cloud.Cloud
	log   *slog.Logger
}

// New makes the proxy of a cloud.
func New(c *cloud.Cloud, log *slog.Logger) *Proxy { return &Proxy{c, log} }

// App is the app a host name asks for, if it asks for one.
func App(host string) (string, bool) {
	if name, _, err := net.SplitHostPort(host); err == nil {
		host = name
	}
	return strings.CutSuffix(strings.ToLower(host), ".localhost")
}

// A request waits for a machine that was started for it, and a shorter while for one that is on its way anyway:
// a deployment that replaces the only machine is then a pause and not an error.
const (
	patience = 20 * time.Second
	pause    = 5 * time.Second
)

type target struct {
	key  cloud.Key
	port int
}

// ServeHTTP sends a request to one of the app's machines.
func (p *Proxy) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	name, _ := App(r.Host)
	app, err := p.cloud.App(name)
	if err != nil {
		say(w, http.StatusNotFound, "There is no app %q here.", name)
		return
	}
	if !public(app) {
		say(w, http.StatusNotFound, "App %q has no address: on Fly it would have no URL. Assign one with POST /v1/apps/%s/ip_assignments.", name, name)
		return
	}
	ctx, cancel := context.WithTimeout(r.Context(), patience)
	t, problem := p.choose(ctx, app)
	cancel()
	if problem != "" {
		say(w, http.StatusServiceUnavailable, "%s", problem)
		return
	}
	p.forward(t).ServeHTTP(w, r)
}

func public(a cloud.App) bool {
	for _, ip := range a.IPs {
		if ip.Type != "private_v6" {
			return true
		}
	}
	return false
}

// choose picks a machine that can answer; without one it starts one that may be started.
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
			return ready[rand.IntN(len(ready))], ""
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

// sort tells machines that can answer from those that could be started for it, whether one is on its way, and why nobody can.
func sort(app cloud.App) (ready, asleep []target, soon bool, why string) {
	var notes []string
	for _, m := range app.Active() {
		s, ok := service(m.View())
		if !ok {
			continue
		}
		t := target{cloud.Key{App: app.Name, Machine: m.ID}, s.Port}
		switch {
		case m.Healthy():
			ready = append(ready, t)
		case (m.State == cloud.Stopped || m.State == cloud.Suspended) && s.Autostart != nil && *s.Autostart && !m.Cordoned:
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

// service is the one the URL means: the first with an HTTP port.
func service(cfg cloud.Config) (cloud.Service, bool) {
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
	return cloud.Service{}, false
}

func (p *Proxy) forward(t target) http.Handler {
	return &httputil.ReverseProxy{
		Rewrite: func(r *httputil.ProxyRequest) {
			r.SetXForwarded()
			r.Out.URL.Scheme, r.Out.URL.Host, r.Out.Host = "http", t.key.Machine+":"+fmt.Sprint(t.port), r.In.Host
			if ip, _, err := net.SplitHostPort(r.In.RemoteAddr); err == nil {
				r.Out.Header.Set("Fly-Client-IP", ip)
			}
			r.Out.Header.Set("X-Forwarded-Port", "80")
		},
		FlushInterval: -1, // streams and server-sent events pass as they come
		Transport: &http.Transport{DisableKeepAlives: true, DisableCompression: true,
			DialContext: func(ctx context.Context, _, _ string) (net.Conn, error) {
				return p.cloud.Host.Dial(ctx, t.key, t.port)
			}},
		ErrorHandler: func(w http.ResponseWriter, r *http.Request, err error) {
			if errors.Is(err, context.Canceled) {
				return
			}
			p.log.Warn("an app did not answer", "app", t.key.App, "machine", t.key.Machine, "port", t.port, "error", err)
			say(w, http.StatusBadGateway, "Machine %s did not answer on port %d: %v. Does the app listen on 0.0.0.0 or [::]?", t.key.Machine, t.port, err)
		},
		ModifyResponse: func(r *http.Response) error {
			r.Header.Set("Fly-Machine-Id", t.key.Machine)
			return nil
		},
	}
}

func say(w http.ResponseWriter, status int, format string, args ...any) {
	http.Error(w, fmt.Sprintf("%d %s (flylocal)\n\n", status, http.StatusText(status))+fmt.Sprintf(format, args...), status)
}
