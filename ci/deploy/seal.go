package deploy

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"slices"
	"strings"

	"github.com/superfly/fly-go"

	"github.com/renewa/pipeline/ci/secret"
)

// seal tells by name whether a value is the one that was written. A fingerprint of one value alone could be
// guessed by whoever may read a machine's metadata; a seal can be tried only by who holds the token it was
// made with, and with that token one can read the values anyway, by a machine that prints them.
type seal struct{ key []byte }

// of covers the digest that Fly shows too, so that a value which somebody else wrote since breaks it.
func (s seal) of(name string, value secret.Value, digest string) string {
	return s.mac("value", name, value.Reveal(), digest)
}

// id says with which token a seal was made.
func (s seal) id() string { return s.mac("id") }

func (s seal) mac(parts ...string) string {
	mac := hmac.New(sha256.New, s.key)
	for _, p := range parts {
		length := len(p) // so that no part can imitate the border between two
		mac.Write([]byte{byte(length >> 24), byte(length >> 16), byte(length >> 8), byte(length)})
		mac.Write([]byte(p))
	}
	return hex.EncodeToString(mac.Sum(nil)[:6])
}

// seals are those of a set as Fly holds it now, after the token's id, in an order that tells no names.
func (s seal) seals(set secret.Set, known []fly.AppSecret) string {
	var list []string
	for _, k := range known {
		if v, given := set.Get(k.Name); given {
			list = append(list, s.of(k.Name, v, k.Digest))
		}
	}
	slices.Sort(list)
	return s.id() + " " + strings.Join(list, " ")
}

// sealsOf are the seals that machines carry, and whether any was made with this token.
func sealsOf(serving []*fly.Machine, s seal) (seals map[string]bool, any bool) {
	seals = map[string]bool{}
	for _, m := range serving {
		by, list, _ := strings.Cut(m.GetMetadataByKey(metaSeals), " ")
		if by != s.id() {
			continue
		}
		any = true
		for one := range strings.FieldsSeq(list) {
			seals[one] = true
		}
	}
	return seals, any
}

// heldOf condenses which secrets of ours Fly holds: what a machine launched now is launched with.
func heldOf(r Request, known []fly.AppSecret) []string {
	list := []string{}
	for _, k := range known {
		if _, given := r.Secrets.Get(k.Name); given || r.owns(k.Name) {
			list = append(list, heldAs(k))
		}
	}
	slices.Sort(list)
	return list
}

// heldAs says nothing that Fly does not tell everybody who may list the secrets.
func heldAs(k fly.AppSecret) string {
	sum := sha256.Sum256([]byte(k.Name + "=" + k.Digest))
	return hex.EncodeToString(sum[:6])
}

// staged lists what some machine was not launched with. Machines that nobody marked say nothing.
func staged(r Request, known []fly.AppSecret, serving []*fly.Machine) []string {
	var names []string
	for _, k := range known {
		if _, given := r.Secrets.Get(k.Name); !given && !r.owns(k.Name) {
			continue
		}
		if slices.ContainsFunc(serving, func(m *fly.Machine) bool {
			held, marked := heldBy(m)
			return marked && !slices.Contains(held, heldAs(k))
		}) {
			names = append(names, k.Name)
		}
	}
	slices.Sort(names)
	return names
}

func heldBy(m *fly.Machine) (held []string, marked bool) {
	text := m.GetMetadataByKey(metaHeld)
	return strings.Fields(text), text != ""
}

// outlived: the machine was launched with a secret that Fly no longer holds, so it still has it.
func outlived(m *fly.Machine, c secretChange) bool {
	held, _ := heldBy(m)
	return slices.ContainsFunc(held, func(h string) bool { return !slices.Contains(c.held, h) })
}
