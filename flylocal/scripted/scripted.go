// Package scripted runs machines by script and in memory, for tests that take milliseconds.
package scripted

import (
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"sync"
	"time"

	"github.com/renewa/pipeline/flylocal/cloud"
	"github.com/renewa/pipeline/flylocal/control"
)

// Act is the behaviour of a process. The zero Act runs until it is stopped, and answers 200 "ok" on every port.
type Act struct {
	Ends    bool            // by itself
	After   time.Duration   // so long after its start
	Until   <-chan struct{} // not before this is closed
	Code    int             // its exit code
	OOM     bool
	Output  []string     // lines it writes when it starts
	Deaf    bool         // ends by SIGKILL only
	Serves  http.Handler // answers requests on every port
	Refuses bool         // nothing listens
	Listens []string     // addresses such as "0.0.0.0:8080"
	Fails   error        // the error of its start
}

// Script returns the act of each process.
type Script func(cloud.Spec) Act

// Host runs machines by script.
type Host struct {
	script Script
	mu     sync.Mutex
	runs   map[cloud.Key]*run
	past   []cloud.Spec
}

type run struct {
	spec  cloud.Spec
	act   Act
	ended chan struct{}
	exit  cloud.Exit
	once  sync.Once
}

var _ control.Host = (*Host)(nil)

// New returns a host. A nil script is Plain.
func New(script Script) *Host {
	if script == nil {
		script = Plain
	}
	return &Host{script: script, runs: map[cloud.Key]*run{}}
}

// Plain is a script without failures: release commands succeed at once, and every other process runs.
func Plain(s cloud.Spec) Act {
	if s.Env["RELEASE_COMMAND"] != "" {
		return Act{Ends: true}
	}
	return Act{}
}

// Started returns every start of a process, in order.
func (h *Host) Started() []cloud.Spec {
	h.mu.Lock()
	defer h.mu.Unlock()
	return append([]cloud.Spec(nil), h.past...)
}

// Start begins the act of a machine.
func (h *Host) Start(_ context.Context, s cloud.Spec) error {
	act := h.script(s)
	if act.Fails != nil {
		return act.Fails
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	if old := h.runs[s.Key]; old != nil && old.alive() {
		return fmt.Errorf("machine %s runs already", s.Machine)
	}
	r := &run{spec: s, act: act, ended: make(chan struct{})}
	h.runs[s.Key] = r
	h.past = append(h.past, s)
	if act.Ends {
		time.AfterFunc(act.After, func() {
			if act.Until != nil {
				select {
				case <-act.Until:
				case <-r.ended:
				}
			}
			r.end(cloud.Exit{Code: act.Code, OOM: act.OOM})
		})
	}
	return nil
}

// Image returns an image for every reference.
func (h *Host) Image(_ context.Context, ref string) (cloud.Image, error) {
	return cloud.Image{Ref: ref, Digest: Digest(ref), Labels: map[string]string{}}, nil
}

// Wait returns when the act is over.
func (h *Host) Wait(ctx context.Context, k cloud.Key) (cloud.Exit, error) {
	r, err := h.run(k)
	if err != nil {
		return cloud.Exit{}, err
	}
	select {
	case <-r.ended:
		return r.exit, nil
	case <-ctx.Done():
		return cloud.Exit{}, ctx.Err()
	}
}

// Remove ends a process and forgets it.
func (h *Host) Remove(_ context.Context, k cloud.Key) error {
	h.mu.Lock()
	defer h.mu.Unlock()
	if r := h.runs[k]; r != nil {
		r.end(cloud.Exit{Code: 137})
		delete(h.runs, k)
	}
	return nil
}

// Found lists the processes. A Fly that is opened again over the same host finds its machines so.
func (h *Host) Found(context.Context) ([]cloud.Found, error) {
	h.mu.Lock()
	defer h.mu.Unlock()
	var all []cloud.Found
	for k, r := range h.runs {
		all = append(all, cloud.Found{Key: k, Instance: r.spec.Instance, Running: r.alive()})
	}
	return all, nil
}

// Logs passes on the act's lines.
func (h *Host) Logs(ctx context.Context, k cloud.Key, _ time.Time, line func(cloud.Line)) error {
	r, err := h.run(k)
	if err != nil {
		return err
	}
	for _, text := range r.act.Output {
		line(cloud.Line{Time: time.Now(), Text: text})
	}
	select {
	case <-r.ended:
	case <-ctx.Done():
	}
	return nil
}

// Dial connects to the act's handler.
func (h *Host) Dial(_ context.Context, k cloud.Key, port int) (net.Conn, error) {
	r, err := h.run(k)
	if err != nil {
		return nil, err
	}
	if r.act.Refuses || !r.alive() {
		return nil, fmt.Errorf("dial machine %s port %d: connection refused", k.Machine, port)
	}
	handler := r.act.Serves
	if handler == nil {
		handler = http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, "ok") })
	}
	here, there := net.Pipe()
	l := &one{conn: make(chan net.Conn, 1)}
	l.conn <- there
	close(l.conn)
	go func() { _ = (&http.Server{Handler: handler, ReadHeaderTimeout: time.Minute}).Serve(l) }()
	return here, nil
}

func (h *Host) run(k cloud.Key) (*run, error) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if r := h.runs[k]; r != nil {
		return r, nil
	}
	return nil, fmt.Errorf("machine %s has no process", k.Machine)
}
