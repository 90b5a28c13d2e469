package deploy

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"slices"
	"strings"

	"github.com/superfly/fly-go"

	"github.com/renewa/pipeline/ci/config/secret"
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
