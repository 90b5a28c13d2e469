package deploy

import (
	"crypto/sha256"
	"fmt"
	"time"

	"github.com/renewa/pipeline/ci/config/secret"
	"github.com/renewa/pipeline/ci/release/deploy/lease"
	"github.com/renewa/pipeline/ci/release/deploy/secretstate"
	"github.com/renewa/pipeline/ci/release/deploy/watch"
)

// AtTestPace returns a plan with short waits, for a Fly that answers in microseconds.
func AtTestPace(p Plan) Plan {
	p.pace = pace{
		lease: lease.Pace{Lasts: time.Second, Renewal: 100 * time.Millisecond, Wait: 1500 * time.Millisecond},
		watch: watch.Pace{Poll: 2 * time.Millisecond, Settle: 20 * time.Millisecond, Log: 200 * time.Millisecond},
		drain: 5 * time.Millisecond, back: 10 * time.Second,
	}
	return p
}

// SecretsDifference returns the plan's changes of secrets, by name.
func (p Plan) SecretsDifference() secretstate.Difference { return p.secrets.Difference }

// WithLongLeases returns a plan at the test's pace whose leases last longer than the pauses of a busy test machine, so
// that no lease expires before its holder gives it back.
func WithLongLeases(p Plan) Plan {
	p = AtTestPace(p)
	p.pace.lease.Lasts, p.pace.lease.Wait = 3*time.Second, 5*time.Second
	return p
}

// WithShortWait returns a plan at the test's pace that waits for another deploy for less time than the other's release
// command takes.
func WithShortWait(p Plan) Plan {
	p = AtTestPace(p)
	p.pace.lease.Wait = 100 * time.Millisecond
	return p
}

// The real fingerprint is slow on purpose, and package secret tests it.
func init() {
	fingerprint = func(s secret.Set, salt string) string {
		text := salt
		for name, v := range s.All() {
			text += "\x00" + name + "\x00" + v.Reveal()
		}
		return fmt.Sprintf("%x", sha256.Sum256([]byte(text)))[:16]
	}
}
