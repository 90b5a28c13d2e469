package health

import (
	"cmp"
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"time"

	"github.com/renewa/pipeline/flylocal/config"
)

// probe does a health check once and returns its output.
func probe(ctx context.Context, p config.Probe, dial Dial) (string, error) {
	timeout := time.Duration(p.Timeout)
	if timeout < 100*time.Millisecond {
		timeout = 5 * time.Second
	}
	ctx, cancel := context.WithTimeout(ctx, timeout)
	defer cancel()
	if p.Type == "http" {
		return get(ctx, p, dial)
	}
	conn, err := dial(ctx, p.Port)
	if err != nil {
		return "", fmt.Errorf("connect to port %d: %w", p.Port, err)
	}
	conn.Close()
	return fmt.Sprintf("connected to port %d", p.Port), nil
}

// privateIPv4 is the host that a health check names, for every machine. A machine's name will not do: some names are
// digits alone, which apps do not parse as a host.
const privateIPv4 = "172.19.0.2"

// get sends an HTTP request to the machine. Every status but 2xx is a failure, a redirect too.
func get(ctx context.Context, p config.Probe, dial Dial) (string, error) {
	method, path := cmp.Or(strings.ToUpper(p.Method), http.MethodGet), "/"+strings.TrimPrefix(p.Path, "/")
	url := fmt.Sprintf("%s://%s:%d%s", cmp.Or(p.Protocol, "http"), privateIPv4, p.Port, path)
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
		DialContext:       func(ctx context.Context, _, _ string) (net.Conn, error) { return dial(ctx, p.Port) },
	}
	resp, err := transport.RoundTrip(req)
	if err != nil {
		return "", fmt.Errorf("%s port %d %s: %w", method, p.Port, path, err)
	}
	defer resp.Body.Close()
	body, _ := io.ReadAll(io.LimitReader(resp.Body, 300))
	output := fmt.Sprintf("%s port %d %s: %s\n%s", method, p.Port, path, resp.Status, body)
	if resp.StatusCode/100 != 2 {
		return "", errors.New(output)
	}
	return output, nil
}
