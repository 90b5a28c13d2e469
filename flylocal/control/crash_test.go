package control_test

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/renewa/pipeline/flylocal/cloud"
	"github.com/renewa/pipeline/flylocal/control"
	"github.com/renewa/pipeline/flylocal/scripted"
	"github.com/renewa/pipeline/flylocal/store"
)

// life is one Fly with a client.
type life struct {
	*testing.T
	*control.Cloud
	host        *scripted.Host
	death       *death // of this life
	sent, acked atomic.Int32
}

func (l *life) key(name string) cloud.Key {
	a, _ := l.App("web")
	for _, m := range a.Active() {
		if m.Name == name {
			return cloud.Key{App: "web", Machine: m.ID}
		}
	}
	return cloud.Key{App: "web"}
}

func (l *life) launch(name, config string) error {
	_, err := l.Launch(context.Background(), "web", control.Launch{Name: name, Config: json.RawMessage(config)})
	return err
}

// calls are one of each kind that changes something.
func (l *life) calls() []func() error {
	value := "v"
	var release cloud.Release
	return []func() error{
		func() error { _, err := l.CreateApp("web", "personal", "", ""); return err },
		func() error { _, err := l.SetSecrets("web", map[string]*string{"KEY": &value}); return err },
		func() error { _, err := l.AssignIP("web", "shared_v4", "", ""); return err },
		func() error { _, err := l.CreateVolume("web", "data", "", 1); return err },
		func() error {
			return l.launch("one", `{"image":"postgres:17","mounts":[{"volume":"data","path":"/data"}]}`)
		},
		func() error { return l.launch("two", `{"image":"postgres:17"}`) },
		func() (err error) {
			release, err = l.CreateRelease("web", cloud.Release{Image: "postgres:18", Strategy: "rolling"})
			return err
		},
		func() error {
			return l.launch("release", `{"image":"postgres:18","env":{"RELEASE_COMMAND":"1"},"auto_destroy":true,"restart":{"policy":"no"}}`)
		},
		func() error { _, err := l.AcquireLease(l.key("two"), "", 3600, "me", ""); return err },
		func() error {
			_, err := l.Update(context.Background(), l.key("one"), control.Launch{Config: json.RawMessage(`{"image":"postgres:18","mounts":[{"volume":"data","path":"/data"}]}`)}, "")
			return err
		},
		func() error { return l.SetMetadata(l.key("one"), "", "color", &value) },
		func() error { return l.Cordon(l.key("one"), "", true) },
		func() error { return l.Stop(l.key("one"), "", cloud.Halt{}) },
		func() error { _, err := l.Start(l.key("one"), ""); return err },
		func() error { return l.Restart(l.key("one"), "", cloud.Halt{}) },
		func() error { _, err := l.UpdateRelease(release.ID, "complete", nil); return err },
		func() error { return l.Destroy(l.key("one"), "", true) },
		func() error { return l.DeleteApp("web") },
	}
}

// live makes the calls one after another, each after the effect of the one before, and calls seen after each.
func (l *life) live(seen func()) {
	for _, call := range l.calls() {
		l.sent.Add(1)
		if err := call(); err != nil {
			l.Errorf("call %d: %v", l.sent.Load(), err)
			return
		}
		l.acked.Add(1)
		l.settle()
		seen()
	}
}

// settle waits until machines and processes are as they should be, or this Fly is dead and its test over.
func (l *life) settle() {
	for end := time.Now().Add(2 * time.Minute); time.Now().Before(end); {
		if l.wrong() == "" {
			return
		}
		select {
		case <-l.death.buried:
			return
		case <-time.After(time.Millisecond):
		}
	}
}

// wrong returns a difference between records and processes: each machine that shall run has one process of its instance,
// and there is no other process.
func (l *life) wrong() string {
	left := map[cloud.Key]cloud.Found{}
	found, _ := l.host.Found(context.Background())
	for _, f := range found {
		left[f.Key] = f
	}
	for _, a := range l.Apps() {
		for _, m := range a.Active() {
			k := cloud.Key{App: a.Name, Machine: m.ID}
			f, there := left[k]
			delete(left, k)
			switch {
			case m.View().AutoDestroy:
				return m.Name + " has not ended"
			case m.State != m.Want:
				return m.Name + " is " + m.State + " and should be " + m.Want
			case m.State == cloud.Started && (!there || !f.Running || f.Instance != m.Instance):
				return m.Name + " has no process of its instance"
			case m.State == cloud.Stopped && there:
				return m.Name + " has a process, and is stopped"
			}
		}
	}
	if len(left) > 0 {
		return fmt.Sprintf("orphans: %v", left)
	}
	return ""
}

// state describes the records, without identifiers and times, which differ from life to life.
func (l *life) state() string {
	var b strings.Builder
	for _, a := range l.Apps() {
		fmt.Fprintf(&b, "%s: %v at %d, %d addresses\n", a.Name, a.Secrets.Names(), a.Secrets.Version, len(a.IPs))
		for _, v := range a.Volumes {
			fmt.Fprintf(&b, "volume %s, attached %v\n", v.Name, v.Machine != nil)
		}
		for _, r := range a.Releases {
			fmt.Fprintf(&b, "release %d %s\n", r.Version, r.Status)
		}
		for _, name := range []string{"one", "two", "release"} {
			m, err := l.Machine(l.key(name))
			if err == nil {
				fmt.Fprintf(&b, "%s: %s %s, replaced %d, leased %v, cordoned %v, %v, volumes %d\n",
					name, m.State, m.Image.Ref, len(m.Earlier), m.Lease != nil, m.Cordoned, m.View().Metadata, len(m.Volumes))
			}
		}
	}
	return b.String()
}

func begin(t *testing.T, dir store.Dir, processes *scripted.Host, d *death) *life {
	t.Helper()
	c, err := control.Open(t.Context(), control.Options{Host: host{processes, d}, Dir: disk{dir, d}, Backoff: time.Millisecond})
	require.NoError(t, err)
	return &life{T: t, Cloud: c, host: processes, death: d}
}

// A Fly is killed before and after each write to its disk and each start and end of a process, in a life with one call of
// each kind. The next Fly has everything that was acknowledged, and one process for each machine that shall run.
func TestAKillAtAnyMomentLosesNothingThatWasAcknowledged(t *testing.T) {
	whole := never()
	first := begin(t, store.Dir(t.TempDir()), scripted.New(nil), whole)
	states := []string{""}
	first.live(func() { states = append(states, first.state()) })
	first.Close()
	require.Len(t, states, len(first.calls())+1)
	require.Greater(t, whole.touched, 60)

	for k := range whole.touched {
		dir, processes, d := store.Dir(t.TempDir()), scripted.New(nil), dieAfter(k)
		killed := begin(t, dir, processes, d)
		over := make(chan struct{})
		go func() {
			defer close(over)
			killed.live(func() {})
		}()
		select {
		case <-d.dead:
		case <-over: // this life took a step less than the first
		}
		sent, acked := killed.sent.Load(), killed.acked.Load()

		next := begin(t, dir, processes, never())
		next.settle()
		require.Empty(t, next.wrong(), "killed at touch %d, after %d calls", k, acked)
		require.Contains(t, states[acked:sent+1], next.state(), "killed at touch %d, after %d calls", k, acked)
		next.Close()
		close(d.buried)
		<-over
		killed.Close()
	}
	t.Logf("%d calls, killed at %d moments", len(first.calls()), whole.touched)
}
