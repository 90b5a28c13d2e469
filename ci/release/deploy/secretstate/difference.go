package secretstate

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"github.com/superfly/fly-go"

	"github.com/renewa/pipeline/ci/config/secret"
)

// Difference lists the names in which the given secrets differ from those that Fly holds. A name that is sent is in
// exactly one of the first four lists.
type Difference struct {
	Added     []string `json:"added"`     // Fly does not hold it
	Changed   []string `json:"changed"`   // Fly holds another value
	Unclear   []string `json:"unclear"`   // at least one of these has changed; only the token of the last deploy can tell which
	Unchanged []string `json:"unchanged"` // Fly holds this value

	Removed    []string `json:"removed"`    // declared, held by Fly, not given: removed with prune
	Left       []string `json:"left"`       // the same names without prune: they stay
	Undeclared []string `json:"undeclared"` // held by Fly and not declared: they stay
	Unsent     []string `json:"unsent"`     // given and not declared: they are not sent

	Staged []string `json:"staged"` // some machine was launched without the secret, or with another value

	meant []string // guesses for the names in Unsent
}

// Nothing reports whether Fly holds all given values, and no name must be removed.
func (d Difference) Nothing() bool {
	return len(d.Added)+len(d.Changed)+len(d.Unclear)+len(d.Removed) == 0
}

// difference returns the difference by name. The fingerprint proves that the whole set is unchanged; the seals of a
// deploy with the same token show which values have changed.
func (s State) difference(known []fly.AppSecret, serving []*fly.Machine) Difference {
	g := s.given
	d := Difference{Removed: s.Unset, Unsent: g.Unsent, meant: g.meant()}
	held := map[string]string{}
	for _, k := range known {
		held[k.Name] = k.Digest
		switch _, given := g.Set.Get(k.Name); {
		case given || slices.Contains(s.Unset, k.Name):
		case g.owns(k.Name):
			d.Left = append(d.Left, k.Name)
		default:
			d.Undeclared = append(d.Undeclared, k.Name)
		}
	}
	seals, sealed := sealsOf(serving, s.seal)
	for name, value := range g.Set.All() {
		digest, there := held[name]
		switch {
		case !there:
			d.Added = append(d.Added, name)
		case s.same || seals[s.seal.of(name, value, digest)]:
			d.Unchanged = append(d.Unchanged, name)
		case sealed:
			d.Changed = append(d.Changed, name)
		default:
			d.Unclear = append(d.Unclear, name)
		}
	}
	for _, m := range serving {
		d.Staged = append(d.Staged, stagedNames(g, known, m)...)
	}
	slices.Sort(d.Staged)
	d.Staged = slices.Compact(d.Staged)
	slices.Sort(d.Left)
	slices.Sort(d.Undeclared)
	return d
}

// meant returns a guess for each name that is given and not declared, where a declared name is near.
func (g Given) meant() (guesses []string) {
	for _, name := range g.Unsent {
		if guess := secret.DidYouMean(name, g.Declared); guess != "" {
			guesses = append(guesses, name+guess)
		}
	}
	return guesses
}

// MarshalJSON writes empty lists as [].
func (d Difference) MarshalJSON() ([]byte, error) {
	type plain Difference
	for _, list := range []*[]string{&d.Added, &d.Changed, &d.Unclear, &d.Unchanged, &d.Removed, &d.Left, &d.Undeclared, &d.Unsent, &d.Staged} {
		if *list == nil {
			*list = []string{}
		}
	}
	return json.Marshal(plain(d))
}

// kind is one list of a difference with its title.
type kind struct {
	title string
	names []string
	means string
}

func (d Difference) kinds() []kind {
	return []kind{
		{"added", d.Added, ""},
		{"changed", d.Changed, ""},
		{"unclear", d.Unclear, "at least one of them has changed; only the token of the last deploy can tell which"},
		{"removed", d.Removed, ""},
		{"unchanged", d.Unchanged, ""},
		{"left", d.Left, "on Fly and declared, but not given: they stay, --prune yes removes them"},
		{"undeclared", d.Undeclared, "on Fly and not declared for it: left alone"},
		{"not sent", d.Unsent, strings.Join(append([]string{"given and not declared"}, d.meant...), "; ")},
		{"staged", d.Staged, "on Fly, but some machine was launched without it or with another value: a deploy updates the machine"},
	}
}

// Summary returns the number of names in each of the first five lists, in words.
func (d Difference) Summary() string {
	var parts []string
	for _, kind := range d.kinds()[:5] {
		if n := len(kind.names); n > 0 {
			parts = append(parts, fmt.Sprintf("%d %s", n, kind.title))
		}
	}
	switch {
	case len(parts) == 0:
		return "none given"
	case d.Nothing():
		return strings.Join(parts, ", ") + ": nothing to write"
	}
	return strings.Join(parts, ", ")
}

// String returns one line for each list that is not empty.
func (d Difference) String() string {
	var b strings.Builder
	for _, kind := range d.kinds() {
		if len(kind.names) == 0 {
			continue
		}
		fmt.Fprintf(&b, "  %-10s %s", kind.title, strings.Join(kind.names, ", "))
		if kind.means != "" {
			fmt.Fprintf(&b, " (%s)", kind.means)
		}
		b.WriteByte('\n')
	}
	return b.String()
}
