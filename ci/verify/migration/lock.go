package migration

import (
	"fmt"
	"slices"
	"strings"
	"time"
)

// A Lock is the strongest that a migration held on a table that was there before it.
type Lock struct {
	File    string  `json:"file"`
	Table   string  `json:"table,omitempty"` // none when it locked no such table
	Mode    string  `json:"mode,omitempty"`
	Line    int     `json:"line,omitempty"` // of the first statement that took it
	Seconds float64 `json:"seconds"`        // that the migration went on from there
	Sampled bool    `json:"sampled,omitempty"`
}

// modes from the weakest, as Postgres documents them.
var modes = []string{"AccessShare", "RowShare", "RowExclusive", "ShareUpdateExclusive", "Share", "ShareRowExclusive", "Exclusive", "AccessExclusive"}

// Mode names a lock as it is written in pipeline.toml, whichever way Postgres spells it.
func Mode(name string) (string, bool) {
	plain := func(s string) string { return strings.ToLower(strings.NewReplacer(" ", "", "_", "").Replace(s)) }
	for _, m := range modes {
		if plain(name) == plain(m) || plain(name) == plain(m)+"lock" {
			return m, true
		}
	}
	return "", false
}

// Harmless is the strongest lock that lets others write.
const Harmless = "ShareUpdateExclusive"

// Modes lists them for who must choose one.
func Modes() []string { return slices.Clone(modes) }

// Stronger says whether a lock keeps out more than another does. No lock is the weakest.
func Stronger(a, b string) bool { return slices.Index(modes, a) > slices.Index(modes, b) }

// Limits are how a migration may block others.
type Limits struct {
	Lock string        // the strongest lock allowed; empty is any
	Time time.Duration // how long writers of a table may wait; 0 is any
}

// Exceeded are the locks that were too strong, or kept writers out for too long.
func (l Limits) Exceeded(locks []Lock, rows int) []Finding {
	var found []Finding
	for _, k := range locks {
		f := Finding{Check: "locks", File: k.File, Line: k.Line}
		switch {
		case k.Mode == "":
			continue
		case l.Lock != "" && Stronger(k.Mode, l.Lock):
			f.Rules, f.What = []string{BlocksHard}, fmt.Sprintf("It takes %s on %s; %s is allowed", k.Mode, k.Table, l.Lock)
		case l.Time > 0 && Stronger(k.Mode, Harmless) && k.Seconds > l.Time.Seconds():
			f.Rules, f.What = []string{BlocksLong}, fmt.Sprintf("It holds up to %s on %s for %.1f s with %d rows; %s is allowed", k.Mode, k.Table, k.Seconds, rows, l.Time)
		default:
			continue
		}
		found = append(found, f.Advised())
	}
	return found
}
