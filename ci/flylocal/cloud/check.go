package cloud

import (
	"context"
	"crypto/tls"
	"fmt"
	"io"
	"maps"
	"net"
	"net/http"
	"slices"
	"strings"
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

type probes []probe

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

// waiting is how checks begin.
func (ps probes) waiting() map[string]Check {
	all := map[string]Check{}
	for _, p := range ps {
		all[p.name] = Check{Name: p.name, Status: Warning, Output: "waiting for status update", Updated: time.Now().UTC(), Service: p.service}
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

func (k *keeper) try(ctx context.Context, p probe) (string, error) {
	timeout := time.Duration(p.Timeout)
	if timeout < 100*time.Millisecond {
		timeout = 5 * time.Second
	}
	ctx, cancel := context.WithTimeout(ctx, timeout)
	defer cancel()
	if p.Type != "http" {
		conn, err := k.c.Host.Dial(ctx, k.key, p.Port)
		if err != nil {
			return "", fmt.Errorf("connect to port %d: %w", p.Port, err)
		}
		conn.Close()
		return fmt.Sprintf("connected to port %d", p.Port), nil
	}
	return k.get(ctx, p)
}

// get asks the machine over HTTP; anything but 2xx fails, a redirect too.
func (k *keeper) get(ctx context.Context, p probe) (string, error) {
	method, scheme, path := strings.ToUpper(p.Method), p.Protocol, p.Path
	if method == "" {
		method = http.MethodGet
	}
	if scheme == "" {
		scheme = "http"
	}
	if !strings.HasPrefix(path, "/") {
		path = "/" + path
	}
	url := fmt.Sprintf("%s://%s:%d%s", scheme, k.key.Machine, p.Port, path)
	req, err := http.NewRequestWithContext(ctx, method, url, nil)
	if err != nil {
		return "", err
	}
	req.Host = fmt.Sprintf("%s:%d", k.key.Machine, p.Port)
	req.Header.Set("User-Agent", "Consul Health Check")
	for _, h := range p.Headers {
		for _, v := range h.Values {
			req.Header.Add(h.Name, v)
			if strings.EqualFold(h.Name, "host") {
				req.Host = v
			}
		}
	}
	transport := &http.Transport{DisableKeepAlives: true,
		TLSClientConfig: &tls.Config{InsecureSkipVerify: p.SkipTLS, ServerName: p.SNI},
		DialContext: func(ctx context.Context, _, _ string) (net.Conn, error) {
			return k.c.Host.Dial(ctx, k.key, p.Port)
		}}
	resp, err := transport.RoundTrip(req)
	if err != nil {
		return "", fmt.Errorf("%s port %d %s: %w", method, p.Port, path, err)
	}
	defer resp.Body.Close()
	body, _ := io.ReadAll(io.LimitReader(resp.Body, 300))
	output := fmt.Sprintf("%s port %d %s: %s\n%s", method, p.Port, path, resp.Status, body)
	if resp.StatusCode/100 != 2 {
		return "", fmt.Errorf("%s", output)
	}
	return output, nil
}
