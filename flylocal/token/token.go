// Package token makes and checks the tokens of a flylocal, and knows what each may do.
package token

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"strings"
)

// Prefix begins every token of a flylocal, so that no other service accepts one.
const Prefix = "flylocal_"

// Scope is a set of permissions.
type Scope string

const (
	Org    Scope = "org"    // everything of an organisation
	Deploy Scope = "deploy" // one app, and reading images of its organisation
	Read   Scope = "read"   // looking, and reading images
	Engine Scope = "engine" // the container engine that pulls images for machines
)

// Token is what its holder may do. The zero value may do nothing.
type Token struct {
	Scope Scope
	Org   string // empty: every organisation
	App   string // empty: every app of the organisation
}

// Key signs tokens. Equal tokens have equal texts, so no token is stored.
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

// Parse returns the token of a text.
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

// Foreign reports whether a text is a token of the real Fly, which must not be sent here.
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
