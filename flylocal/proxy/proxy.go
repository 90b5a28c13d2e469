// Package proxy gives apps their URL: http://<app>.localhost.
package proxy

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"net/http/httputil"
	"strings"
	"sync"
	"time"

	"github.com/renewa/pipeline/flylocal/cloud"
	"github.com/renewa/pipeline/flylocal/control"
)

// Proxy sends requests to machines.
type Proxy struct {
	cloud *control.Cloud
	log   *slog.Logger

	mu   sync.Mutex
	used map[cloud.Key]use
}

// New returns the proxy of a cloud.
func New(c *control.Cloud, log *slog.Logger) *Proxy {
	return &Proxy{cloud: c, log: log, used: map[cloud.Key]use{}}
}

// App returns the app of a host name, if there is one in it.
func App(host string) (string, bool) {
	if name, _, err := net.SplitHostPort(host); err == nil {
		host = name
	}
	return strings.CutSuffix(strings.ToLower(host), ".localhost")
}

// A request waits for the machine that was started for it, and a shorter while for one that is about to be healthy:
// a deploy that replaces the only machine is a pause then, and not an error.
const (
	patience = 20 * time.Second
	pause    = 5 * time.Second
)

type target struct {
	key   cloud.Key
	port  int
	leave func() // ends the request's count
}

// ServeHTTP sends a request to one of the app's machines.
func (p *Proxy) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	name, _ := App(r.Host)
	app, err := p.cloud.App(name)
	if err != nil {
		fail(w, http.StatusNotFound, "There is no app %q here.", name)
		return
	}
	if !app.Public() {
		fail(w, http.StatusNotFound, "App %q has no address: on Fly it would have no URL. Assign one with POST /v1/apps/%s/ip_assignments.", name, name)
		return
	}
	ctx, cancel := context.WithTimeout(r.Context(), patience)
	t, problem := p.choose(ctx, app)
	cancel()
	if problem != "" {
		fail(w, http.StatusServiceUnavailable, "%s", problem)
		return
	}
	defer t.leave()
	p.forward(t).ServeHTTP(w, r)
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
		FlushInterval: -1, // streams and server-sent events pass at once
		Transport: &http.Transport{
			DisableKeepAlives: true, DisableCompression: true,
			DialContext: func(ctx context.Context, _, _ string) (net.Conn, error) {
				return p.cloud.Dial(ctx, t.key, t.port)
			},
		},
		ErrorHandler: func(w http.ResponseWriter, r *http.Request, err error) {
			if errors.Is(err, context.Canceled) {
				return
			}
			p.log.Warn("an app did not answer", "app", t.key.App, "machine", t.key.Machine, "port", t.port, "error", err)
			fail(w, http.StatusBadGateway, "Machine %s did not answer on port %d: %v. Does the app listen on 0.0.0.0 or [::]?", t.key.Machine, t.port, err)
		},
		ModifyResponse: func(r *http.Response) error {
			r.Header.Set("Fly-Machine-Id", t.key.Machine)
			return nil
		},
	}
}

// fail answers an error as text.
func fail(w http.ResponseWriter, status int, format string, args ...any) {
	http.Error(w, fmt.Sprintf("%d %s (flylocal)\n\n", status, http.StatusText(status))+fmt.Sprintf(format, args...), status)
}
