package deploy

import (
	"crypto/sha256"
	"fmt"
	"time"

	"github.com/renewa/pipeline/ci/config/secret"
)

// Hurried is a plan for a Fly that answers in microseconds.
func Hurried(p Plan) Plan {
	p.pace = pace{
		lease: time.Second, renewal: 100 * time.Millisecond, outlive: 1500 * time.Millisecond,
		poll: 2 * time.Millisecond, settle: 20 * time.Millisecond, drain: 5 * time.Millisecond, words: 200 * time.Millisecond, back: 10 * time.Second,
	}
	return p
}

// Unstarved is a hurried plan whose leases outlast a test machine that is busy with other things: what somebody
// else holds is theirs until they give it back.
func Unstarved(p Plan) Plan {
	p = Hurried(p)
	p.pace.lease, p.pace.outlive = 3*time.Second, 5*time.Second
	return p
}

// Impatient is a hurried plan that waits less long for somebody else than their release command takes.
func Impatient(p Plan) Plan {
	p = Hurried(p)
	p.pace.outlive = 100 * time.Millisecond
	return p
}

// The real one is slow on purpose, and tested where it is made.
func init() {
	fingerprint = func(s secret.Set, salt string) string {
		text := salt
		for name, v := range s.All() {
			text += "\x00" + name + "\x00" + v.Reveal()
		}
		return fmt.Sprintf("%x", sha256.Sum256([]byte(text)))[:16]
	}
}
