// Package deploy deploys one image to one app: it makes a plan, then applies it.
//
// Make compares the request with the app and changes nothing. Apply executes the plan in an order that keeps the old
// version serving until the new one is healthy:
//
//	1 stage secrets       no machine restarts
//	2 release command     migrations; after a failure the old machines keep serving
//	3 roll machines       in each group the first machine alone, then the rest
//	4 verify              every machine runs the digest and is healthy
//	5 clear away          destroy replaced machines, and machines of groups that fly.toml no longer has
//
// After a failure in 3 or 4, Apply puts the previous version back. Any call may fail, and the process may be killed
// between two calls: its leases then expire by themselves, and the next deploy continues from the state of the app.
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

// Platform has the calls of Fly that a deploy needs. ci/fly's Client implements it.
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
	Retire(ctx context.Context, app, id, nonce string) error   // marks a machine that is about to be destroyed
	Secrets(ctx context.Context, app string) ([]fly.AppSecret, error)
	SetSecrets(ctx context.Context, app string, set secret.Set, unset ...string) (version uint64, all []fly.AppSecret, err error)
	Key(purpose string) []byte // derived from the token
	StartRelease(ctx context.Context, app, image, strategy string, definition json.RawMessage) (id string, version int, err error)
	EndRelease(ctx context.Context, id, status string, note any) error
	History(ctx context.Context, app string) ([]history.Release, error)
	Keep(ctx context.Context, app string, release int, report []byte) error // stores the report that report.Last reads
	IsTaken(err error) bool                                                 // Fly answered that the name is in use
}

// Request describes a deploy: the image, the app and its configuration.
type Request struct {
	Stage    string
	Image    image.Ref
	Config   flytoml.Config       // the environment's fly.toml, with the app's name
	Source   json.RawMessage      // the fly.toml of Config as JSON, for Fly's record of the release
	Secrets  secret.Set           // the declared secrets that Fly must hold; others on Fly stay
	Declared []secret.Requirement // the secrets that this pipeline may write and remove
	Unsent   []string             // given names that are not declared: reported, never sent
	Prune    bool                 // remove the secrets that are declared for Fly and not in Secrets
	Machines int                  // number for each process group with a service and without machines; 0 means 2, as on Fly
	Count    map[string]int       // the same number by group, for groups with and without a service
	Unbuilt  bool                 // there is no image yet: Make accepts the request, Apply refuses the plan
	Back     bool                 // it is a rollback: the release command does not run
	Note     string               // a remark for the report
}

// WithSecrets returns the request with those secrets of a set that are declared for Fly. Names that are not declared
// are in Unsent.
func (r Request) WithSecrets(set secret.Set, declared []secret.Requirement) Request {
	r.Declared, r.Unsent = declared, set.Undeclared(declared)
	r.Secrets = set.For(declared, secret.Release, secret.App)
	return r
}

// fingerprint is slow on purpose; tests replace it.
var fingerprint = secret.Set.Fingerprint

func (r Request) givenSecrets() secretstate.Given {
	return secretstate.Given{
		App: r.Config.App, Set: r.Secrets, Declared: r.Declared, Unsent: r.Unsent, Prune: r.Prune, Fingerprint: fingerprint,
	}
}

// mask returns a replacer that hides the values of the request's secrets, line by line as in a log. It does not hide
// lines of less than six bytes, which are often words such as "true".
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

// pace has the waiting times of a deploy. Tests shorten them.
type pace struct {
	lease lease.Pace
	watch watch.Pace
	drain time.Duration // between the last request to a machine and its stop
	back  time.Duration // timeout of putting the previous version back
}

var usual = pace{lease: lease.Usual, watch: watch.Usual, drain: 5 * time.Second, back: 3 * time.Minute}
