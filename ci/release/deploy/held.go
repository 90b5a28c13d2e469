package deploy

import (
	"crypto/sha256"
	"encoding/hex"
	"slices"
	"strings"

	"github.com/superfly/fly-go"
)

// ours follows the secrets in what a machine was launched with that were this pipeline's business by then.
const ours = "+"

// heldOf condenses which secrets Fly holds: what a machine launched now is launched with. It says nothing
// that Fly does not tell everybody who may list them.
func heldOf(r Request, known []fly.AppSecret) []string {
	list := []string{}
	for _, k := range known {
		held := heldAs(k)
		if r.concerns(k.Name) {
			held += ours
		}
		list = append(list, held)
	}
	slices.Sort(list)
	return list
}

// heldAs is a short hash of the name, then one of the digest that Fly shows.
func heldAs(k fly.AppSecret) string { return nameOf(k) + hash(k.Digest, 4) }

func nameOf(k fly.AppSecret) string { return hash(k.Name, 4) }

func hash(text string, bytes int) string {
	sum := sha256.Sum256([]byte(text))
	return hex.EncodeToString(sum[:bytes])
}

// concerns: it is given or declared for Fly. What happens to the others is nothing that a deploy looks at.
func (r Request) concerns(name string) bool {
	_, given := r.Secrets.Get(name)
	return given || r.owns(name)
}

// staged lists what a machine was not launched with, or with another value. One that nobody marked says
// nothing.
func staged(r Request, known []fly.AppSecret, m *fly.Machine) (names []string) {
	text := m.GetMetadataByKey(metaHeld)
	if text == "" {
		return nil
	}
	held := strings.Fields(strings.ReplaceAll(text, ours, ""))
	for _, k := range known {
		if r.concerns(k.Name) && !slices.Contains(held, heldAs(k)) {
			names = append(names, k.Name)
		}
	}
	return names
}

// outlived: the machine was launched with a secret of ours that Fly no longer holds, so it still has it.
func outlived(known []fly.AppSecret, m *fly.Machine) bool {
	return slices.ContainsFunc(strings.Fields(m.GetMetadataByKey(metaHeld)), func(held string) bool {
		return strings.HasSuffix(held, ours) && !slices.ContainsFunc(known, func(k fly.AppSecret) bool { return strings.HasPrefix(held, nameOf(k)) })
	})
}
