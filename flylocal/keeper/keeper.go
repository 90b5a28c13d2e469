// Package keeper brings one machine to the state that its record asks for, and keeps it there.
package keeper

import (
	"context"
	"log/slog"
	"sync/atomic"
	"time"

	"github.com/renewa/pipeline/flylocal/cloud"
)

// Options are what the keepers of a cloud share.
type Options struct {
	Host    Host
	Records Records
	Lines   Log
	Mishaps Mishaps
	Log     *slog.Logger
	Backoff time.Duration // before the first restart of a crashed machine; doubles up to 10 s
	Go      func(func())  // runs work for whose end the cloud waits when it closes
}

// Keeper starts and ends the process of one machine; nothing else does. It takes one step at a time and decides each
// step by the record on disk: after a crash of flylocal the next Keeper goes on from there.
type Keeper struct {
	Options
	key    cloud.Key
	parent context.Context
	ctx    context.Context
	cancel context.CancelFunc
	done   chan struct{}
	wake   chan struct{}
	again  atomic.Bool  // restart the process once
	found  *cloud.Found // process that an earlier flylocal left

	running string // instance of the process; empty without one
	frozen  bool
	since   time.Time
	exit    chan cloud.Exit
	drained chan struct{}      // closed when all output was read
	unwatch context.CancelFunc // ends the health checks
	retry   <-chan time.Time   // pause before a crashed machine is started again
}

// New returns the keeper of a machine. Found is the process that an earlier flylocal left, or nil.
func New(ctx context.Context, o Options, key cloud.Key, found *cloud.Found) *Keeper {
	k := &Keeper{Options: o, key: key, parent: ctx, found: found, done: make(chan struct{}), wake: make(chan struct{}, 1)}
	k.ctx, k.cancel = context.WithCancel(ctx)
	return k
}

// Begin starts to keep the machine.
func (k *Keeper) Begin() {
	k.Go(func() {
		defer close(k.done)
		defer k.cancel()
		k.adopt()
		for k.ctx.Err() == nil && k.step() {
		}
	})
}

// Wake makes the keeper read the record again.
func (k *Keeper) Wake() {
	select {
	case k.wake <- struct{}{}:
	default:
	}
}

// Restart makes the keeper start the process afresh at its next step.
func (k *Keeper) Restart() { k.again.Store(true) }

// Abandon ends the keeper, and the process of its machine, whose app is gone.
func (k *Keeper) Abandon() {
	k.cancel()
	<-k.done
	k.remove(k.parent)
}

// remove removes the machine's process from its host. A failure is logged: the next flylocal removes what is left.
func (k *Keeper) remove(ctx context.Context) {
	if err := k.Host.Remove(ctx, k.key); err != nil && ctx.Err() == nil {
		k.Log.Error("a machine's process is not removed", "app", k.key.App, "machine", k.key.Machine, "error", err)
	}
}

// step does the next thing. It reports false when nothing will ever be left to do.
func (k *Keeper) step() bool {
	m, err := k.Records.Machine(k.key)
	if err != nil {
		return false
	}
	alive := k.running != ""
	switch {
	case m.Want == cloud.Destroyed:
		k.destroy(m)
		return false
	case alive && k.running != m.Instance, alive && k.again.Swap(false):
		k.halt(m)
	case alive && m.Want == cloud.Stopped:
		k.halt(m)
		k.rest()
	case !alive && m.Want == cloud.Stopped && m.State != cloud.Stopped:
		k.rest()
	case !alive && m.Want == cloud.Started && k.retry == nil:
		k.again.Store(false)
		k.start(m)
	case alive && m.Want == cloud.Suspended && !k.frozen:
		k.freeze()
	case alive && m.Want == cloud.Started && k.frozen:
		k.thaw()
	default:
		k.sleep()
	}
	return true
}

// sleep waits until there may be something to do.
func (k *Keeper) sleep() {
	select {
	case <-k.ctx.Done():
	case <-k.wake:
		k.retry = nil // a client's request does not wait for the pause
	case <-k.retry:
		k.retry = nil
	case e := <-k.exit:
		k.exited(e)
	}
}

// change changes the machine's record.
func (k *Keeper) change(f func(a *cloud.App, m *cloud.Machine)) { k.Records.Change(k.ctx, k.key, f) }

// print adds a line of flylocal's own to the machine's log.
func (k *Keeper) print(text string, bad bool) {
	if m, err := k.Records.Machine(k.key); err == nil {
		k.Lines.Add(k.key, m.Region, cloud.Line{Time: time.Now(), Text: text, Stderr: bad})
	}
}
