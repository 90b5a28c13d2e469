// Package deploy brings one image to one app: plan first, then apply.
//
// Make compares and decides; it changes nothing. Apply carries the plan out in an order that keeps the old version
// serving until the new one is healthy:
//
//	1 stage secrets       no machine restarts
//	2 release command     migrations; after a failure the old machines keep serving
//	3 roll machines       in each group the first machine alone, then the rest
//	4 verify              every machine runs the digest and is healthy
//	5 clear away          machines that another has replaced or whose group fly.toml no longer has
//
// A failure in 3 or 4 puts the previous version back. Any call may fail and the process may die between two calls:
// its leases expire by themselves, and the next deploy goes on from the state that it finds.
package deploy

import (
	"context"
	"encoding/json"
	"strings"
	"time"

	"github.com/superfly/fly-go"

	"github.com/renewa/pipeline/ci/config/flytoml"
	"github.com/renewa/pipeline/ci/config/secret"
	"github.com/renewa/pipeline/ci/release/deploy/lease"
	"github.com/renewa/pipeline/ci/release/deploy/secretstate"
	"github.com/renewa/pipeline/ci/release/deploy/volume"
	"github.com/renewa/pipeline/ci/release/deploy/watch"
	"github.com/renewa/pipeline/ci/release/history"
	"github.com/renewa/pipeline/ci/release/image"
)

// Platform is what a deploy asks of Fly. ci/fly's Client is one.
type Platform interface {
	lease.Platform
	volume.Platform
	watch.Platform
	Machines(ctx context.Context, app string) ([]*fly.Machine, error)
	Launch(ctx context.Context, app string, in fly.LaunchMachineInput) (*fly.Machine, error)
	Update(ctx context.Context, app string, in fly.LaunchMachineInput, nonce string) (*fly.Machine, error)
	Stop(ctx context.Context, app, id, nonce string) error
	Cordon(ctx context.Context, app, id, nonce string) error   // new requests no longer reach the machine
	Uncordon(ctx context.Context, app, id, nonce string) error // new requests reach the machine again
	Retire(ctx context.Context, app, id, nonce string) error   // marks the machine as one that is about to go
	Secrets(ctx context.Context, app string) ([]fly.AppSecret, error)
	SetSecrets(ctx context.Context, app string, set secret.Set, unset ...string) (version uint64, all []fly.AppSecret, err error)
	Key(purpose string) []byte // only the holder of the token can make it
	StartRelease(ctx context.Context, app, image, strategy string, definition json.RawMessage) (id string, version int, err error)
	EndRelease(ctx context.Context, id, status string, note any) error
	History(ctx context.Context, app string) ([]history.Release, error)
	Keep(ctx context.Context, app string, release int, report []byte) error // stores what report.Last reads
	Taken(err error) bool                                                   // Fly answered that the name is in use
}

// Request is what to run, and where.
type Request struct {
	Stage    string
	Image    image.Ref
	Config   flytoml.Config       // has the app's name
	Source   json.RawMessage      // the fly.toml of Config, for the release's record
	Secrets  secret.Set           // the declared secrets that Fly is to hold; Fly keeps others
	Declared []secret.Requirement // what this pipeline may write and remove
	Unsent   []string             // names that were given and are not declared: reported, never sent
	Prune    bool                 // remove the secrets that are declared for Fly and not in Secrets
	Machines int                  // for each process group with a service that has no machine yet; 0 means 2, as on Fly
	Count    map[string]int       // the same for single groups, with a service or without
	Unbuilt  bool                 // there is no image yet: such a request can be planned but not applied
	Back     bool                 // a rollback: the release command does not run
	Note     string               // a remark for the report
}

// WithSecrets is a request with those of a set that are declared for Fly. The others are reported and never sent.
func (r Request) WithSecrets(set secret.Set, declared []secret.Requirement) Request {
	r.Declared, r.Unsent = declared, set.Undeclared(declared)
	r.Secrets = set.For(declared, secret.Release, secret.App)
	return r
}

// fingerprint is slow on purpose; tests replace it.
var fingerprint = secret.Set.Fingerprint

func (r Request) given() secretstate.Given {
	return secretstate.Given{
		App: r.Config.App, Set: r.Secrets, Declared: r.Declared, Unsent: r.Unsent, Prune: r.Prune, Fingerprint: fingerprint,
	}
}

// mask hides the values of the request's secrets, line by line as a log has them. Values below six characters are
// left alone: they are words such as "true".
func (r Request) mask() *strings.Replacer {
	var pairs []string
	for _, v := range r.Secrets.All() {
		for line := range strings.Lines(v.Reveal()) {
			if line = strings.TrimSpace(line); len(line) >= 6 {
				pairs = append(pairs, line, "***")
			}
		}
	}
	return strings.NewReplacer(pairs...)
}

// Progress prints one line while a deploy runs. Several goroutines call it at the same time.
type Progress func(format string, args ...any)

// pace is how long a deploy waits for what. Tests shorten it.
type pace struct {
	lease lease.Pace
	watch watch.Pace
	drain time.Duration // between the last request to a machine and its stop
	back  time.Duration // the timeout of putting the previous version back
}

var usual = pace{lease: lease.Usual, watch: watch.Usual, drain: 5 * time.Second, back: 3 * time.Minute}
