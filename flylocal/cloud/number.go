package cloud

import (
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
)

// Number is a stable number for a name, where Fly's answers want one.
func Number(name string) int32 {
	sum := sha256.Sum256([]byte(name))
	return int32(binary.BigEndian.Uint32(sum[:4]) >> 1)
}

// NodeID is a stable identifier for a name.
func NodeID(name string) string {
	sum := sha256.Sum256([]byte(name))
	return hex.EncodeToString(sum[:8])
}
