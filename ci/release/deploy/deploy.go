// Package deploy brings one image to one app: plan first, then apply.
//
// Make looks and decides; it touches nothing. Apply carries the plan out in an order that keeps the
// old version serving until the new one has proved itself:
//
//	1 stage secrets       no machine restarts
//	2 release command     migrations; a failure leaves the old machines up
//	3 roll machines       of each group the first alone, then the rest
//	4 verify              every machine runs the digest and is healthy
//	5 clear away          machines of groups that fly.toml no longer has
//
// A failure in 3 or 4 puts back what was there. Any call may fail and the process may die between two
// calls: what it held expires by itself, and running again finds what is there and goes on.
package deploy

import (
	"context"
	"encoding/json"
	"time"

	"github.com/superfly/fly-go"

	"github.com/renewa/pipeline/ci/config/flytoml"
	"github.com/renewa/pipeline/ci/config/secret"
	"github.com/renewa/pipeline/ci/release/history"
	"github.com/renewa/pipeline/ci/release/image"
)

// Platform is what a deployment asks of Fly. ci/fly's Client is one.
type Platform interface {
	Machines(ctx context.Context, app string) ([]*fly.Machine, error)
	Machine(ctx context.Context, app, id string) (*fly.Machine, error)
	Launch(ctx context.Context, app string, in fly.LaunchMachineInput) (*fly.Machine, error)
	Update(ctx context.Context, app string, in fly.LaunchMachineInput, nonce string) (*fly.Machine, error)
	Destroy(ctx context.Context, app, id, nonce string) error
	Stop(ctx context.Context, app, id, nonce string) error
	Cordon(ctx context.Context, app, id, nonce string) error   // out of the rotation; what runs goes on
	Uncordon(ctx context.Context, app, id, nonce string) error // and in again
	Volumes(ctx context.Context, app string) ([]fly.Volume, error)
	CreateVolume(ctx context.Context, app, name, region string, gb int) (*fly.Volume, error)
	Retire(ctx context.Context, app, id, nonce string) error // marks it to go
	Lease(ctx context.Context, app, id string, ttl time.Duration, nonce string) (string, error)
	Unlease(ctx context.Context, app, id, nonce string) error
	Secrets(ctx context.Context, app string) ([]fly.AppSecret, error)
	SetSecrets(ctx context.Context, app string, set secret.Set, unset ...string) (version uint64, all []fly.AppSecret, err error)
	Key(purpose string) []byte // that only who holds the token can make
	StartRelease(ctx context.Context, app, image, strategy string, definition json.RawMessage) (id string, version int, err error)
	EndRelease(ctx context.Context, id, status string, note any) error
	History(ctx context.Context, app string) ([]history.Release, error)
	Keep(ctx context.Context, app string, release int, report []byte) error // what Report reads
	Logs(ctx context.Context, app, machine string) ([]string, error)
	Absent(err error) bool // Fly said that there is no such thing
	Taken(err error) bool  // Fly said that there is one of that name
}

// Request is what somebody wants to run, and where.
type Request struct {
	Stage    string
	Image    image.Ref
	Config   flytoml.Config       // names the app
	Source   json.RawMessage      // the fly.toml that Config came from, for the release's record
	Secrets  secret.Set           // what Fly is to hold of those declared; others that it holds stay
	Declared []secret.Requirement // what is this pipeline's to write and to take away
	Unsent   []string             // names that were given and not declared: told, never sent
	Prune    bool                 // take those away that are declared for Fly and no longer in Secrets
	Machines int                  // per process group with a service, where the app has none yet; 0 means 2, as on Fly
	Count    map[string]int       // the same for single groups, with a service or without
	Unbuilt  bool                 // there is no image yet: such a request can be planned, not applied
	Back     bool                 // an earlier image is gone back to: the release command is not run
	Note     string               // what the report is to say beside what was done
}

// WithSecrets is a request with those of a set that are declared for Fly. Others are told and never sent.
func (r Request) WithSecrets(set secret.Set, declared []secret.Requirement) Request {
	r.Declared, r.Unsent = declared, set.Undeclared(declared)
	r.Secrets = set.For(declared, secret.Release, secret.App)
	return r
}

// Progress is told what happens while it happens, a line at a time, also from several goroutines at once.
type Progress func(format string, args ...any)
