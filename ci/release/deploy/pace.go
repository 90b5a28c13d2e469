package deploy

import (
	"context"
	"time"
)

// pace is how long a deployment waits for what. Tests are in a hurry.
type pace struct {
	lease   time.Duration // a process that dies frees what it held within this time
	renewal time.Duration
	outlive time.Duration // how long a lease of somebody else is waited for: longer than one lasts
	poll    time.Duration // between the first two questions; up to five times as long later
	drain   time.Duration // between a machine's last request and its end
	settle  time.Duration // how long a machine without checks must stay up to be believed
	words   time.Duration // how long the last lines of a release command that failed are waited for
	back    time.Duration // the way back has a deadline of its own: the run's may be over
}

// usual is what Fly's own client does, where it does it, and keeps within Fly's rate limit.
var usual = pace{
	lease:   13 * time.Second,
	renewal: 4 * time.Second,
	outlive: 18 * time.Second,
	poll:    200 * time.Millisecond,
	drain:   5 * time.Second,
	settle:  5 * time.Second,
	words:   20 * time.Second,
	back:    3 * time.Minute,
}

// moment is the pause before somebody else's lease is tried again.
func (p pace) moment(ctx context.Context) error { return p.wait(ctx, p.lease/13) }

func (p pace) wait(ctx context.Context, d time.Duration) error {
	select {
	case <-ctx.Done():
		return context.Cause(ctx)
	case <-time.After(d):
		return nil
	}
}

// poll paces questions: soon at first, seldom later.
type poll struct{ pause, most time.Duration }

func (p pace) polling() *poll { return &poll{p.poll, 5 * p.poll} }

// next waits, and is false when there is no time left.
func (p *poll) next(ctx context.Context) bool {
	select {
	case <-ctx.Done():
		return false
	case <-time.After(p.pause):
	}
	p.pause = min(p.pause*5/4, p.most)
	return true
}
