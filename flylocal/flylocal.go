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

// Fly is a Fly that runs on this machine. It is an http.Handler; Close it in the end.
type Fly struct {
	options
	cloud    *control.Cloud
	registry *registry.Registry
	faults   *fault.Faults
	key      token.Key
	handler  http.Handler
	scratch  string // folder that Close removes
	rest     func() // ends the work beside requests
}

// New returns a Fly. Without options nothing stays on disk, no container runs, and every machine works at once.
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

// key returns the key that signs tokens: the one in the folder, or a new one.
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

// ServeHTTP answers requests to all APIs, the registry, the apps and the page.
func (f *Fly) ServeHTTP(w http.ResponseWriter, r *http.Request) { f.handler.ServeHTTP(w, r) }

// Token returns the text of a token; equal tokens have equal texts.
func (f *Fly) Token(t token.Token) (string, error) { return f.key.Mint(t) }

// OrgToken returns a token that may do everything.
func (f *Fly) OrgToken() string {
	text, _ := f.key.Mint(token.Token{Scope: token.Org})
	return text
}

// Cloud returns the records of this Fly, for tests that look behind the API.
func (f *Fly) Cloud() *control.Cloud { return f.cloud }

// Faults returns the faults of this Fly, for tests that add some without HTTP.
func (f *Fly) Faults() *fault.Faults { return f.faults }

// Scripted returns the host of a Fly whose machines run by script, or nil.
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

// Close ends the Fly. Machines that are containers keep running.
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
