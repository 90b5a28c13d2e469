package cloud

import (
	"crypto/rand"
	"encoding/hex"
	"time"
)

// machineID is 14 hexadecimal digits.
func machineID() string {
	b := make([]byte, 7)
	rand.Read(b)
	return hex.EncodeToString(b)
}

const crockford = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"

// ulid sorts by the time it was made, which is how versions of a machine are told apart.
func ulid() string {
	ms := uint64(time.Now().UnixMilli())
	out := make([]byte, 26)
	for i := 9; i >= 0; i-- {
		out[i] = crockford[ms&31]
		ms >>= 5
	}
	random := make([]byte, 16)
	rand.Read(random)
	for i, b := range random {
		out[10+i] = crockford[b&31]
	}
	return string(out)
}

func nonce() string {
	b := make([]byte, 6)
	rand.Read(b)
	return hex.EncodeToString(b)
}
