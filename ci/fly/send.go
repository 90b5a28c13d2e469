package fly

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"time"
)

// Fly's two API hosts: Machines (apps, machines, secrets, volumes), and the web API (releases, logs).
const (
	machinesHost = "api.machines.dev"
	apiHost      = "api.fly.io"
)

// attempts is the largest number of attempts of one request; with the pauses between them they take about 15 s.
const attempts = 6

// machines sends a request of the Machines API.
func (c *Client) machines(ctx context.Context, method, path string, in, out any, headers map[string][]string) error {
	return c.repeat(ctx, func() (*http.Request, error) {
		h := map[string][]string{}
		for k, v := range headers {
			h[k] = v
		}
		return c.requests.NewRequest(ctx, method, path, in, h)
	}, out)
}

// api sends a request of the web API, or of its GraphQL, whose token header is that of the Machines API.
func (c *Client) api(ctx context.Context, method, path string, in, out any) error {
	return c.repeat(ctx, func() (*http.Request, error) {
		var body io.Reader
		if in != nil {
			b, err := json.Marshal(in)
			if err != nil {
				return nil, err
			}
			body = bytes.NewReader(b)
		}
		req, err := http.NewRequestWithContext(ctx, method, "https://"+apiHost+path, body)
		if err != nil {
			return nil, err
		}
		req.Header.Set("Content-Type", "application/json")
		req.Header.Set("Authorization", "Bearer "+c.tokens.All())
		if path == graphPath {
			req.Header.Set("Authorization", c.tokens.GraphQLHeader())
		}
		return req, nil
	}, out)
}

// repeat sends a request again after 429, 408, 5xx and a broken connection. A request that makes something is sent
// shouldRetry after 429 only: see make.
func (c *Client) repeat(ctx context.Context, build func() (*http.Request, error), out any) error {
	var err error
	for i := range attempts {
		if err = c.once(build, out); !shouldRetry(ctx, err) || isCreation(ctx) && !isThrottled(err) {
			return err
		}
		if i == attempts-1 {
			break
		}
		if !c.wait(ctx, i, err) {
			return err
		}
	}
	return fmt.Errorf("%w (after %d attempts)", err, attempts)
}

func (c *Client) once(build func() (*http.Request, error), out any) error {
	req, err := build()
	if err != nil {
		return err
	}
	if req.Method == http.MethodGet {
		ctx, cancel := context.WithTimeout(req.Context(), c.patience)
		defer cancel()
		req = req.WithContext(ctx)
	}
	resp, err := c.http.Do(req)
	if err != nil {
		return &noAnswerError{err}
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	if err != nil {
		return &noAnswerError{err}
	}
	if resp.StatusCode > 299 {
		return newError(resp, body)
	}
	if out == nil || len(body) == 0 {
		return nil
	}
	if err := json.Unmarshal(body, out); err != nil {
		return fmt.Errorf("the answer to %s %s cannot be read: %w", req.Method, req.URL.Path, err)
	}
	return nil
}

func shouldRetry(ctx context.Context, err error) bool {
	if err == nil || ctx.Err() != nil {
		return false
	}
	var lost *noAnswerError
	if errors.As(err, &lost) {
		return true
	}
	var e *Error
	return errors.As(err, &e) && (e.Status == http.StatusTooManyRequests || e.Status == http.StatusRequestTimeout || e.Status >= 500 && e.Status != http.StatusNotImplemented)
}

func isThrottled(err error) bool {
	var e *Error
	return errors.As(err, &e) && e.Status == http.StatusTooManyRequests
}

// wait pauses before the next attempt: 250 ms, doubled each time up to 4 s, or Fly's Retry-After up to 10 s. It
// returns false when the context ends first.
func (c *Client) wait(ctx context.Context, i int, err error) bool {
	pause := min(c.pause<<i, 16*c.pause)
	var e *Error
	if errors.As(err, &e) {
		if s, bad := strconv.Atoi(e.retryAfter); bad == nil && s >= 0 {
			pause = min(time.Duration(s)*time.Second, 10*time.Second)
		}
	}
	select {
	case <-ctx.Done():
		return false
	case <-time.After(pause):
		return true
	}
}
