// Package control carries out what clients ask of a Fly: it changes the records of apps, and its keepers make the
// machines follow.
package control

import (
	"cmp"
	"context"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"sync"
	"time"

	"github.com/renewa/pipeline/flylocal/applog"
	"github.com/renewa/pipeline/flylocal/cloud"
	"github.com/renewa/pipeline/flylocal/keeper"
	"github.com/renewa/pipeline/flylocal/problem"
	"github.com/renewa/pipeline/flylocal/store"
)

// Options set how a Cloud behaves. Only Host is required.
type Options struct {
	Host     Host
	Images   Images    // the registry of this Fly
	Dir      Documents // keeps the records; without it they are gone when flylocal ends
	Log      *slog.Logger
	Regions  []string      // the first is the default of new machines
	Backoff  time.Duration // before the first restart of a crashed machine; doubles up to 10 s
	Remember time.Duration // for so long the record of a destroyed machine stays
}

// Host runs machines, and has their images and volumes.
type Host interface {
	keeper.Host
	// Image brings an image that is not in this Fly's registry, and describes it.
	Image(ctx context.Context, ref string) (cloud.Image, error)
	// Found lists the processes that an earlier flylocal left.
	Found(ctx context.Context) ([]cloud.Found, error)
	// Exec runs a command inside a machine.
	Exec(ctx context.Context, k cloud.Key, c cloud.Command) (cloud.Output, error)
	// RemoveVolume deletes the data of a volume. A volume comes into being when it is first mounted.
	RemoveVolume(ctx context.Context, id string) error
	// Address returns the private address that a machine has or will have.
	Address(k cloud.Key) string
}

// Documents are saved by name, each whole or not at all; store.Dir saves them on disk.
type Documents interface {
	Save(name string, v any) error
	Load(name string, v any) (found bool, err error)
	Delete(name string) error
	Names(kind string) ([]string, error)
}

// Cloud holds the apps of one Fly. Every change is on disk before it is acknowledged.
type Cloud struct {
	Options
	cloud.Mishaps
	mu      sync.Mutex
	apps    map[string]*cloud.App
	keepers map[cloud.Key]*keeper.Keeper
	changed chan struct{} // closed and replaced at every change
	lines   applog.Log
	ctx     context.Context
	stop    context.CancelFunc
	work    sync.WaitGroup
}

// Open reads the records, and starts a keeper for every machine.
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
	o.Backoff, o.Remember = cmp.Or(o.Backoff, 250*time.Millisecond), cmp.Or(o.Remember, time.Hour)
	c := &Cloud{Options: o, apps: map[string]*cloud.App{}, keepers: map[cloud.Key]*keeper.Keeper{}, changed: make(chan struct{})}
	c.ctx, c.stop = context.WithCancel(context.WithoutCancel(ctx))
	names, err := o.Dir.Names("apps")
	if err != nil {
		return nil, fmt.Errorf("read state: %w", err)
	}
	for _, name := range names {
		a := new(cloud.App)
		if _, err := o.Dir.Load(name, a); err != nil {
			return nil, fmt.Errorf("read state: %w", err)
		}
		c.apps[a.Name] = a
	}
	return c, c.resume(ctx)
}

// Close ends the keepers. The machines keep running.
func (c *Cloud) Close() {
	c.stop()
	c.work.Wait()
}

// Changed returns a channel that is closed at the next change of anything.
func (c *Cloud) Changed() <-chan struct{} {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.changed
}

// Lines returns lines of the log of an app, see applog.Log.
func (c *Cloud) Lines(app, machine, region string, after int64, limit int) []applog.Entry {
	return c.lines.Lines(app, machine, region, after, limit)
}

// Dial connects to a port of a machine over the private network.
func (c *Cloud) Dial(ctx context.Context, k cloud.Key, port int) (net.Conn, error) {
	return c.Host.Dial(ctx, k, port)
}

// notify wakes those who wait for a change. The lock is held.
func (c *Cloud) notify() {
	close(c.changed)
	c.changed = make(chan struct{})
}

// save writes the record of an app to disk. The lock is held.
func (c *Cloud) save(a *cloud.App) error {
	defer c.notify()
	if err := c.Dir.Save("apps/"+a.Name, a); err != nil {
		c.Log.Error("state is not saved", "app", a.Name, "error", err)
		return problem.New(http.StatusInternalServerError, "flylocal cannot keep its state: %v", err)
	}
	return nil
}
