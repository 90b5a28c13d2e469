package id

import (
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
)

// Number returns a number for a name, the same each time, where Fly's answers have a number.
func Number(name string) int32 {
	sum := sha256.Sum256([]byte(name))
	return int32(binary.BigEndian.Uint32(sum[:4]) >> 1)
}

// Node returns an identifier for a name, the same each time.
func Node(name string) string {
	sum := sha256.Sum256([]byte(name))
	return hex.EncodeToString(sum[:8])
}
