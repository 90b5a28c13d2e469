// Package cloud is what Fly knows about its apps, kept on disk, with machines that follow it.
package cloud

import (
	"context"
	"fmt"
	"log/slog"
	"sync"
	"time"

	"github.com/renewa/pipeline/flylocal/store"
)

// Options say how a Cloud behaves. Only Host is required.
type Options struct {
	Host     Host
	Images   Images    // images of this Fly's own registry
	Dir      Documents // where everything is kept; without it nothing is
	Log      *slog.Logger
	Regions  []string      // the first is where machines go that ask for none
	Backoff  time.Duration // before the first restart of a crashed machine; doubles up to 10 s
	Remember time.Duration // how long a destroyed machine can still be asked about
}

// Documents are kept by name, each whole or not at all; store.Dir is the real one.
type Documents interface {
	Save(name string, v any) error
	Load(name string, v any) (found bool, err error)
	Delete(name string) error
	Names(kind string) ([]string, error)
}

// Cloud holds the apps of one Fly. Every change is on disk before it is acknowledged.
type Cloud struct {
	Options
	mu      sync.Mutex
	apps    map[string]*App
	keepers map[Key]*keeper
	changed chan struct{} // closed and replaced at every change
	logs    logs
	mishap  mishaps
	ctx     context.Context
	stop    context.CancelFunc
	work    sync.WaitGroup
}

// Open reads the state, and starts to hold machines to it.
func Open(ctx context.Context, o Options) (*Cloud, error) {
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	if o.Dir == nil {
		o.Dir = store.Dir("")
	}
	if len(o.Regions) == 0 {
		o.Regions = []string{"fra"}
	}
	if o.Backoff == 0 {
		o.Backoff = 250 * time.Millisecond
	}
	if o.Remember == 0 {
		o.Remember = time.Hour
	}
	c := &Cloud{Options: o, apps: map[string]*App{}, keepers: map[Key]*keeper{}, changed: make(chan struct{})}
	c.ctx, c.stop = context.WithCancel(context.WithoutCancel(ctx))
	names, err := o.Dir.Names("apps")
	if err != nil {
		return nil, fmt.Errorf("read state: %w", err)
	}
	for _, name := range names {
		a := new(App)
		if _, err := o.Dir.Load(name, a); err != nil {
			return nil, fmt.Errorf("read state: %w", err)
		}
		c.apps[a.Name] = a
	}
	return c, c.resume(ctx)
}

// Close lets go of the machines, which keep running.
func (c *Cloud) Close() {
	c.stop()
	c.work.Wait()
}

// Changed is closed at the next change of anything.
func (c *Cloud) Changed() <-chan struct{} {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.changed
}

// notify wakes who waits for a change. The lock is held.
func (c *Cloud) notify() {
	close(c.changed)
	c.changed = make(chan struct{})
}

// save makes a change of an app last. The lock is held.
func (c *Cloud) save(a *App) error {
	defer c.notify()
	if err := c.Dir.Save("apps/"+a.Name, a); err != nil {
		c.Log.Error("state is not saved", "app", a.Name, "error", err)
		return problem(500, "flylocal cannot keep its state: %v", err)
	}
	return nil
}

// resume starts a keeper for every machine, and removes processes nobody knows.
func (c *Cloud) resume(ctx context.Context) error {
	found, err := c.Host.Found(ctx)
	if err != nil {
		return fmt.Errorf("look for machines that still run: %w", err)
	}
	c.mu.Lock()
	left := map[Key]Found{}
	for _, f := range found {
		if m := c.machine(f.Key); m != nil && m.State != Destroyed {
			left[f.Key] = f
			continue
		}
		c.mu.Unlock()
		c.expel(ctx, f.Key)
		c.mu.Lock()
	}
	defer c.mu.Unlock()
	c.work.Go(c.late)
	for _, a := range c.apps {
		for _, m := range a.Machines {
			if m.State != Destroyed {
				k := c.keep(Key{a.Name, m.ID})
				if f, ok := left[k.key]; ok {
					k.found = &f
				}
				k.begin()
			}
		}
	}
	return nil
}
