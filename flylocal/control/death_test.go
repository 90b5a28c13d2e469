package control_test

import (
	"context"
	"runtime"
	"sync"

	"github.com/renewa/pipeline/flylocal/cloud"
	"github.com/renewa/pipeline/flylocal/scripted"
	"github.com/renewa/pipeline/flylocal/store"
)

// death comes after so many touches of disk or host. From then on no touch returns, as after kill -9.
type death struct {
	mu      sync.Mutex
	left    int
	touched int
	dead    chan struct{}
	buried  chan struct{} // the test is over
}

func dieAfter(n int) *death {
	return &death{left: n, dead: make(chan struct{}), buried: make(chan struct{})}
}

// never is the death of a Fly that lives to the end.
func never() *death { return dieAfter(1 << 20) }

func (d *death) touch() {
	d.mu.Lock()
	d.touched++
	if d.left--; d.left == -1 {
		close(d.dead)
	}
	gone := d.left < 0
	d.mu.Unlock()
	if gone {
		<-d.buried
		runtime.Goexit()
	}
}

// disk touches before and after each write.
type disk struct {
	store.Dir
	*death
}

func (d disk) Save(name string, v any) error {
	d.touch()
	err := d.Dir.Save(name, v)
	d.touch()
	return err
}

func (d disk) Delete(name string) error {
	d.touch()
	err := d.Dir.Delete(name)
	d.touch()
	return err
}

// host touches before and after each start and end of a process. Its processes stay when the Fly dies.
type host struct {
	*scripted.Host
	*death
}

func (h host) Start(ctx context.Context, s cloud.Spec) error {
	h.touch()
	err := h.Host.Start(ctx, s)
	h.touch()
	return err
}

func (h host) Signal(ctx context.Context, k cloud.Key, signal string) error {
	h.touch()
	return h.Host.Signal(ctx, k, signal)
}

func (h host) Remove(ctx context.Context, k cloud.Key) error {
	h.touch()
	err := h.Host.Remove(ctx, k)
	h.touch()
	return err
}
