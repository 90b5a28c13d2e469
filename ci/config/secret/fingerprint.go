package secret

import (
	"encoding/hex"
	"encoding/json"

	"golang.org/x/crypto/scrypt"
)

// Fingerprint is a short text that changes when any name or value of the set
// does. It answers "are these the secrets that were deployed?" without keeping
// them, and it may stand in a plan or in a machine's metadata:
//
//   - it covers the whole set at once, so a guess must get every value right
//     together, among them at least one long random key; there is no part of
//     it that belongs to one value;
//   - each guess costs an scrypt run, about a tenth of a second;
//   - the salt (an app's name) makes equal sets of two apps look different;
//   - 64 bits are kept: enough to notice a change, too few to prove a guess.
//
// A set made only of short, guessable values is not protected by this, nor by
// anything else.
func (s Set) Fingerprint(salt string) string {
	key, err := scrypt.Key(s.canonical(), []byte(salt), 1<<15, 8, 1, 8)
	if err != nil {
		panic(err) // only for cost parameters out of range, and these are constants
	}
	return hex.EncodeToString(key)
}

// canonical is the set as one sequence of bytes that no other set has: pairs
// in JSON, so that no value can imitate a border between two of them.
func (s Set) canonical() []byte {
	pairs := [][2][]byte{}
	for name, v := range s.All() {
		pairs = append(pairs, [2][]byte{[]byte(name), []byte(v.Reveal())})
	}
	text, err := json.Marshal(pairs) // bytes, not strings: JSON would mend broken UTF-8
	if err != nil {
		panic(err) // bytes always marshal
	}
	return text
}
