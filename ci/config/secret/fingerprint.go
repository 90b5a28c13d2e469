package secret

import (
	"encoding/hex"
	"encoding/json"

	"golang.org/x/crypto/scrypt"
)

// Fingerprint returns 16 hex digits that change when any name or value of the set changes. With a fingerprint a deploy
// can find out whether it was given the secrets of the last deploy. A fingerprint may be stored in a plan or in a
// machine's metadata:
//
//   - it covers the whole set, so a guess must have all values right at once, and at least one of them should be a long
//     random key; no part of the fingerprint belongs to a single value;
//   - each guess costs a run of scrypt, about 0.1 s;
//   - the salt (the app's name) makes equal sets of two apps look different;
//   - it has 64 bits: enough to notice a change, too few to prove a guess.
//
// Fingerprint does not protect a set that has only short values which can be guessed.
func (s Set) Fingerprint(salt string) string {
	key, err := scrypt.Key(s.canonical(), []byte(salt), 1<<15, 8, 1, 8)
	if err != nil {
		panic(err) // only for cost parameters out of range, and these are constants
	}
	return hex.EncodeToString(key)
}

// canonical encodes the set as bytes that no other set has: a JSON list of pairs, so that no value can look like the
// end of one pair and the beginning of the next.
func (s Set) canonical() []byte {
	pairs := [][2][]byte{}
	for name, v := range s.All() {
		pairs = append(pairs, [2][]byte{[]byte(name), []byte(v.Reveal())})
	}
	text, err := json.Marshal(pairs) // bytes, not strings: JSON would replace invalid UTF-8
	if err != nil {
		panic(err) // bytes always marshal
	}
	return text
}
