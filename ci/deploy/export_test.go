package deploy

import (
	"sync"
	"time"

	"github.com/renewa/pipeline/ci/secret"
)

// Hurried is a plan for a Fly that answers in microseconds.
func Hurried(p Plan) Plan {
	p.pace = pace{lease: time.Second, renewal: 100 * time.Millisecond, outlive: 1500 * time.Millisecond,
		poll: 2 * time.Millisecond, settle: 20 * time.Millisecond, back: 10 * time.Second}
	return p
}

// A fingerprint takes a tenth of a second, and the tests need some hundreds of a few.
func init() {
	var known sync.Map
	fingerprint = func(s secret.Set, salt string) string {
		key := salt
		for name, v := range s.All() {
			key += "\x00" + name + "\x00" + v.Reveal()
		}
		if f, ok := known.Load(key); ok {
			return f.(string)
		}
		f := s.Fingerprint(salt)
		known.Store(key, f)
		return f
	}
}
