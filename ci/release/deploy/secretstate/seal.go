package secretstate

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"slices"
	"strings"

	"github.com/superfly/fly-go"

	"github.com/renewa/pipeline/ci/config/secret"
)

// A seal makes keyed hashes, which prove for one name that a value is the one that was written. Anybody who can read a
// machine's metadata could guess a value from a plain hash. To guess a value from a keyed hash needs the token that made
// it, and the owner of that token can read the values anyway, with a machine that prints them.
type seal struct{ key []byte }

// of returns the seal of one value. It covers the digest that Fly shows, so that the seal does not match after somebody
// else has written another value.
func (s seal) of(name string, value secret.Value, digest string) string {
	return s.mac("value", name, value.Reveal(), digest)
}

// id returns a text that identifies the token that made a seal.
func (s seal) id() string { return s.mac("id") }

func (s seal) mac(parts ...string) string {
	mac := hmac.New(sha256.New, s.key)
	for _, p := range parts {
		length := len(p) // so that no two lists of parts give the same input
		mac.Write([]byte{byte(length >> 24), byte(length >> 16), byte(length >> 8), byte(length)})
		mac.Write([]byte(p))
	}
	return hex.EncodeToString(mac.Sum(nil)[:6])
}

// seals returns the token's id and the seals of a set that Fly holds, sorted so that the order reveals no name.
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

// sealsOf returns the machines' seals that were made with this token, and whether there were any.
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
