package migration

import (
	"fmt"
	"time"

	"github.com/renewa/pipeline/ci/config/lockmode"
)

// A Lock is the strongest lock that a migration held on a table that existed before the migration.
type Lock struct {
	File    string        `json:"file"`
	Table   string        `json:"table,omitempty"` // empty: the migration locked no such table
	Mode    lockmode.Mode `json:"mode,omitempty"`
	Line    int           `json:"line,omitempty"` // of the first statement that took the lock
	Seconds float64       `json:"seconds"`        // from that statement to the end of the transaction
	Sampled bool          `json:"sampled,omitempty"`
}

// Limits are how far a migration may block other transactions.
type Limits struct {
	Lock lockmode.Mode // the strongest lock allowed; empty is any
	Time time.Duration // how long writers of a table may wait; 0 is any
}

// Exceeded returns a finding for each lock that is too strong, or that blocked writers for too long.
func (l Limits) Exceeded(locks []Lock, rows int) []Finding {
	var found []Finding
	for _, k := range locks {
		f := Finding{Check: "locks", File: k.File, Line: k.Line}
		switch {
		case k.Mode == "":
			continue
		case l.Lock != "" && k.Mode.Stronger(l.Lock):
			f.Rules, f.What = []string{BlocksHard}, fmt.Sprintf("The migration takes %s on %s; the strongest lock allowed is %s", k.Mode, k.Table, l.Lock)
		case l.Time > 0 && k.Mode.BlocksWriters() && k.Seconds > l.Time.Seconds():
			f.Rules, f.What = []string{BlocksLong}, fmt.Sprintf("The migration holds locks up to %s on %s for %.1f s with %d rows; %s is allowed", k.Mode, k.Table, k.Seconds, rows, l.Time)
		default:
			continue
		}
		found = append(found, f.Advised())
	}
	return found
}
