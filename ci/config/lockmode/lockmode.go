// Package lockmode lists the modes of Postgres's locks on tables, the weakest first.
package lockmode

import (
	"slices"
	"strings"
)

// A Mode is the name of a lock mode as in pipeline.toml. The empty Mode is no lock.
type Mode string

// Harmless is the strongest mode that lets other transactions write to the table.
const Harmless Mode = "ShareUpdateExclusive"

// names are ordered as in Postgres's documentation (13.3.1, Table-Level Locks).
var names = []string{"AccessShare", "RowShare", "RowExclusive", string(Harmless), "Share", "ShareRowExclusive", "Exclusive", "AccessExclusive"}

// Names returns all modes, the weakest first.
func Names() []string { return slices.Clone(names) }

// Parse returns the mode for any of Postgres's spellings (AccessShareLock, ACCESS SHARE, AccessShare), and whether
// there is such a mode.
func Parse(text string) (Mode, bool) {
	i := slices.IndexFunc(names, func(name string) bool { return normalize(name) == strings.TrimSuffix(normalize(text), "lock") })
	if i < 0 {
		return "", false
	}
	return Mode(names[i]), true
}

func normalize(text string) string {
	return strings.ToLower(strings.NewReplacer(" ", "", "_", "").Replace(text))
}

// Stronger reports whether m stands after other in Postgres's order of lock modes. No lock is the weakest mode.
func (m Mode) Stronger(other Mode) bool {
	return slices.Index(names, string(m)) > slices.Index(names, string(other))
}

// BlocksWriters reports whether the lock keeps other transactions from writing to the table.
func (m Mode) BlocksWriters() bool { return m.Stronger(Harmless) }
