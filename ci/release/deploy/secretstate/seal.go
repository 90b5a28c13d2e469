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

// A seal proves for one name that a value is the one that was written. A plain hash of one value could be guessed
// by anybody who can read a machine's metadata. A seal can only be tried with the token that made it, and who has
// that token can read the values anyway, with a machine that prints them.
type seal struct{ key []byte }

// of covers the digest that Fly shows, so that a value which somebody else wrote later breaks the seal.
func (s seal) of(name string, value secret.Value, digest string) string {
	return s.mac("value", name, value.Reveal(), digest)
}

// id identifies the token that made a seal.
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

// seals are the token's id and the seals of a set as Fly holds it now, sorted so that the order reveals no name.
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

// sealsOf are the seals of some machines that were made with this token, and whether there were any.
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
