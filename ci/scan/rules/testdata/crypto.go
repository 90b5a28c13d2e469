package sample

import (
	"bytes"
	"crypto/aes"
	"crypto/des"
	"crypto/hmac"
	"crypto/md5"
	"crypto/sha256"
	"math/rand/v2"
	"time"
)

func wrong(text, key, signature []byte) bool {
	// ruleid: weak-hash-go
	_ = md5.Sum(text)
	// ruleid: weak-cipher-go
	_, _ = des.NewCipher(key)
	// ruleid: guessable-random-go
	sessionKey := rand.Uint64()
	mac := hmac.New(sha256.New, key)
	mac.Write(text)
	// ruleid: comparison-that-tells-go
	return sessionKey > 0 && bytes.Equal(mac.Sum(nil), signature)
}

func right(text, key, signature []byte) bool {
	// ok: weak-hash-go
	_ = sha256.Sum256(text)
	// ok: weak-cipher-go
	_, _ = aes.NewCipher(key)
	// ok: guessable-random-go
	pause := rand.N(time.Second)
	mac := hmac.New(sha256.New, key)
	mac.Write(text)
	// ok: comparison-that-tells-go
	return pause > 0 && hmac.Equal(mac.Sum(nil), signature)
}
