package flylocal

import (
	"context"
	"crypto/rand"
	"fmt"
	"log/slog"
	"net/http"
	"os"
	"path/filepath"
	"sync"
	"time"

	"github.com/renewa/pipeline/flylocal/control"
	"github.com/renewa/pipeline/flylocal/fault"
	"github.com/renewa/pipeline/flylocal/proxy"
	"github.com/renewa/pipeline/flylocal/registry"
	"github.com/renewa/pipeline/flylocal/scripted"
	"github.com/renewa/pipeline/flylocal/store"
	"github.com/renewa/pipeline/flylocal/token"
)

// Fly is a Fly that runs on this machine. It is an http.Handler; Close it to let go of its machines.
type Fly struct {
	options
	cloud    *control.Cloud
	registry *registry.Registry
	faults   *fault.Faults
	key      token.Key
	handler  http.Handler
	scratch  string // removed in the end
	rest     func() // ends what goes on beside requests
}

// New makes a Fly.
func New(opts ...Option) (*Fly, error) {
	f := &Fly{options: options{port: 4280, version: "dev", log: slog.New(slog.DiscardHandler), idle: 5 * time.Minute}}
	for _, o := range opts {
		o(&f.options)
	}
	if f.host == nil {
		WithScript(nil)(&f.options)
	}
	if err := f.open(context.Background()); err != nil {
		f.Close()
		return nil, fmt.Errorf("open flylocal: %w", err)
	}
	f.faults = fault.New(f.cloud, f.limits)
	apps := proxy.New(f.cloud, f.log)
	f.handler, f.rest = f.routes(apps), f.beside(func(ctx context.Context) { apps.Tend(ctx, f.idle) })
	return f, nil
}

func (f *Fly) open(ctx context.Context) (err error) {
	images := f.dir
	if images == "" {
		if f.scratch, err = os.MkdirTemp("", "flylocal-"); err != nil {
			return err
		}
		images = f.scratch
	}
	if f.key, err = key(f.dir); err != nil {
		return err
	}
	if f.registry, err = registry.Open(filepath.Join(images, "registry"), access{f}); err != nil {
		return err
	}
	engine, err := f.key.Mint(token.Token{Scope: token.Engine})
	if err != nil {
		return err
	}
	host, err := f.host(engine)
	if err != nil {
		return err
	}
	f.cloud, err = control.Open(ctx, control.Options{
		Host: host, Images: imagesOf{f}, Dir: store.Dir(f.dir), Log: f.log,
		Regions: f.regions, Backoff: f.backoff,
	})
	return err
}

// key reads the key that signs tokens, or makes it.
func key(dir string) (token.Key, error) {
	fresh := make([]byte, 32)
	rand.Read(fresh)
	if dir == "" {
		return fresh, nil
	}
	var kept struct{ Key []byte }
	found, err := store.Dir(dir).Load("key", &kept)
	if err != nil || found {
		return kept.Key, err
	}
	kept.Key = fresh
	return fresh, store.Dir(dir).Save("key", kept)
}

// ServeHTTP answers.
func (f *Fly) ServeHTTP(w http.ResponseWriter, r *http.Request) { f.handler.ServeHTTP(w, r) }

// Token returns a token; the same words always return the same one.
func (f *Fly) Token(t token.Token) (string, error) { return f.key.Mint(t) }

// OrgToken returns a token that may do everything, as tests want it.
func (f *Fly) OrgToken() string {
	text, _ := f.key.Mint(token.Token{Scope: token.Org})
	return text
}

// Cloud is what this Fly knows, for tests that look behind the API.
func (f *Fly) Cloud() *control.Cloud { return f.cloud }

// Faults lets things go wrong, without asking over HTTP.
func (f *Fly) Faults() *fault.Faults { return f.faults }

// Host is where machines run.
func (f *Fly) Host() control.Host { return f.cloud.Host }

// Scripted is the host of a Fly made with WithScript or without a host; nil for any other.
func (f *Fly) Scripted() *scripted.Host {
	h, _ := f.cloud.Host.(*scripted.Host)
	return h
}

// beside runs something until the returned function is called.
func (f *Fly) beside(run func(context.Context)) (end func()) {
	ctx, cancel := context.WithCancel(context.Background())
	var work sync.WaitGroup
	work.Go(func() { run(ctx) })
	return func() {
		cancel()
		work.Wait()
	}
}

// Close lets go of the machines, which keep running where they are containers.
func (f *Fly) Close() {
	if f.rest != nil {
		f.rest()
	}
	if f.cloud != nil {
		f.cloud.Close()
	}
	if f.scratch != "" {
		_ = os.RemoveAll(f.scratch)
	}
}
