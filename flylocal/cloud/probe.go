package cloud

import (
	"context"
	"crypto/tls"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"time"
)

// probes are all checks of a machine.
type probes []probe

// waiting is how checks begin.
func (ps probes) waiting() map[string]Check {
	all := map[string]Check{}
	for _, p := range ps {
		all[p.name] = Check{Name: p.name, Status: Warning, Output: "waiting for status update", Updated: time.Now().UTC(), Service: p.service}
	}
	return all
}

// try does a check once, and tells what it saw.
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

// privateIPv4 is what a check asks for, whoever the machine is. Its name would not do: 14 digits, all below ten, are
// no host that an app could parse.
const privateIPv4 = "172.19.0.2"

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
	host := fmt.Sprintf("%s:%d", privateIPv4, p.Port)
	url := fmt.Sprintf("%s://%s%s", scheme, host, path)
	req, err := http.NewRequestWithContext(ctx, method, url, nil)
	if err != nil {
		return "", err
	}
	req.Header.Set("User-Agent", "Consul Health Check")
	for _, h := range p.Headers {
		for _, v := range h.Values {
			req.Header.Add(h.Name, v)
			if strings.EqualFold(h.Name, "host") {
				req.Host = v
			}
		}
	}
	transport := &http.Transport{
		DisableKeepAlives: true,
		TLSClientConfig:   &tls.Config{InsecureSkipVerify: p.SkipTLS, ServerName: p.SNI},
		DialContext: func(ctx context.Context, _, _ string) (net.Conn, error) {
			return k.c.Host.Dial(ctx, k.key, p.Port)
		},
	}
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
