package deploy

import (
	"encoding/json"
	"slices"

	"github.com/superfly/fly-go"

	"github.com/renewa/pipeline/ci/config/secret"
)

// Difference is how the secrets that were given differ from those that Fly holds, by name only. A name that
// is sent is in exactly one of the first four lists.
type Difference struct {
	Added     []string `json:"added"`     // Fly does not hold it
	Changed   []string `json:"changed"`   // Fly holds another value
	Unclear   []string `json:"unclear"`   // one or more of these have changed; only the token of the last deploy tells which
	Unchanged []string `json:"unchanged"` // Fly holds this value

	Removed    []string `json:"removed"`    // pruned: declared, held by Fly, not given any more
	Left       []string `json:"left"`       // the same, without prune: it stays
	Undeclared []string `json:"undeclared"` // held by Fly and no business of ours: it stays
	Unsent     []string `json:"unsent"`     // given, and not declared: it is not sent

	Staged []string `json:"staged"` // Fly holds it otherwise than some machine was launched with
}

// Nothing reports whether Fly holds what was given, and nothing that is to go.
func (d Difference) Nothing() bool {
	return len(d.Added)+len(d.Changed)+len(d.Unclear)+len(d.Removed) == 0
}

// difference compares by name. That all is as given is known from the fingerprint over the whole set; which
// of them is not, from the seals that a run with the same token left on the machines.
func (c secretChange) difference(r Request, known []fly.AppSecret, serving []*fly.Machine) Difference {
	d := Difference{Removed: c.unset, Unsent: r.Unsent}
	held := map[string]string{}
	for _, k := range known {
		held[k.Name] = k.Digest
		switch _, given := r.Secrets.Get(k.Name); {
		case given || slices.Contains(c.unset, k.Name):
		case r.owns(k.Name):
			d.Left = append(d.Left, k.Name)
		default:
			d.Undeclared = append(d.Undeclared, k.Name)
		}
	}
	seals, sealed := sealsOf(serving, c.seal)
	for name, value := range r.Secrets.All() {
		digest, there := held[name]
		switch {
		case !there:
			d.Added = append(d.Added, name)
		case c.same || seals[c.seal.of(name, value, digest)]:
			d.Unchanged = append(d.Unchanged, name)
		case sealed:
			d.Changed = append(d.Changed, name)
		default:
			d.Unclear = append(d.Unclear, name)
		}
	}
	for _, m := range serving {
		d.Staged = append(d.Staged, staged(r, known, m)...)
	}
	slices.Sort(d.Staged)
	d.Staged = slices.Compact(d.Staged)
	slices.Sort(d.Left)
	slices.Sort(d.Undeclared)
	return d
}

// owns: it was declared for Fly, so it is this pipeline's to write and to take away. One declared for the
// pipeline itself was never sent from here, so whoever put it on Fly meant something else by it.
func (r Request) owns(name string) bool {
	return secret.Owns(r.Declared, name, secret.Release, secret.App)
}

// MarshalJSON writes empty lists as such.
func (d Difference) MarshalJSON() ([]byte, error) {
	type plain Difference
	for _, list := range []*[]string{&d.Added, &d.Changed, &d.Unclear, &d.Unchanged, &d.Removed, &d.Left, &d.Undeclared, &d.Unsent, &d.Staged} {
		if *list == nil {
			*list = []string{}
		}
	}
	return json.Marshal(plain(d))
}
