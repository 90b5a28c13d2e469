// Package id makes the identifiers and names that Fly gives to what it creates.
package id

import (
	"crypto/rand"
	"encoding/hex"
	"time"
)

// Machine returns a new machine's identifier: 14 hexadecimal digits.
func Machine() string { return random(7) }

// Volume returns a new volume's identifier.
func Volume() string { return "vol_" + random(7) + "0" }

// Nonce returns the secret of a new lease.
func Nonce() string { return random(6) }

// random returns n random bytes in hexadecimal digits.
func random(n int) string {
	b := make([]byte, n)
	rand.Read(b)
	return hex.EncodeToString(b)
}

const crockford = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"

// ULID returns an identifier that sorts by the time it was made. Versions of a machine are ULIDs.
func ULID() string {
	ms := uint64(time.Now().UnixMilli())
	out := make([]byte, 26)
	for i := 9; i >= 0; i-- {
		out[i] = crockford[ms&31]
		ms >>= 5
	}
	tail := make([]byte, 16)
	rand.Read(tail)
	for i, b := range tail {
		out[10+i] = crockford[b&31]
	}
	return string(out)
}
