// Package token is who may ask this Fly for what.
package token

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"strings"
)

// Prefix marks a token of this Fly, so that no other service takes it for its own.
const Prefix = "flylocal_"

// Scope is how far a token reaches.
type Scope string

const (
	Org    Scope = "org"    // everything of an organisation
	Deploy Scope = "deploy" // one app, and reading images of its organisation
	Read   Scope = "read"   // looking, and reading images
	Engine Scope = "engine" // the container engine that pulls images for machines
)

// Token says who asks. The zero value may do nothing.
type Token struct {
	Scope Scope
	Org   string // empty: every organisation
	App   string // empty: every app of the organisation
}

// Key signs tokens: the same words always give the same token, nothing has to be stored.
type Key []byte

// Mint returns the text of t.
func (k Key) Mint(t Token) (string, error) {
	switch t.Scope {
	case Org, Read, Engine:
	case Deploy:
		if t.App == "" {
			return "", fmt.Errorf("a deploy token is for one app: add --app NAME")
		}
	default:
		return "", fmt.Errorf("unknown scope %q: use org, deploy or read", t.Scope)
	}
	if strings.ContainsAny(t.Org+t.App, "_ ,:") {
		return "", fmt.Errorf("not a name of an app or organisation: %q %q", t.Org, t.App)
	}
	body := fmt.Sprintf("%s%s_%s_%s", Prefix, t.Scope, t.Org, t.App)
	return body + "_" + k.sign(body), nil
}

// Parse returns what the text of a token allows.
func (k Key) Parse(text string) (Token, error) {
	if Foreign(text) {
		return Token{}, fmt.Errorf("this is a token of the real Fly: flylocal refuses it so that it stays a secret; " +
			"run `flylocal token` in this Fly's container for one of its own, and revoke that one if it was sent by mistake")
	}
	if !strings.HasPrefix(text, Prefix) {
		return Token{}, fmt.Errorf("not a token of this Fly: it starts with %s", Prefix)
	}
	cut := strings.LastIndexByte(text, '_')
	body, mac := text[:cut], text[cut+1:]
	words := strings.Split(strings.TrimPrefix(body, Prefix), "_")
	if len(words) != 3 || !hmac.Equal([]byte(mac), []byte(k.sign(body))) {
		return Token{}, fmt.Errorf("this token was not made by this Fly: run `flylocal token` in its container again")
	}
	return Token{Scope: Scope(words[0]), Org: words[1], App: words[2]}, nil
}

// Foreign tells a token of the real Fly, which must not be used here.
func Foreign(text string) bool {
	text = strings.TrimSpace(text)
	for _, p := range []string{"FlyV1 ", "fm1r_", "fm1a_", "fm2_", "fo1_", "fo2_"} {
		if strings.HasPrefix(text, p) {
			return true
		}
	}
	return false
}

func (k Key) sign(body string) string {
	mac := hmac.New(sha256.New, k)
	mac.Write([]byte(body))
	return hex.EncodeToString(mac.Sum(nil)[:16])
}
