package token

import (
	"context"
	"net/http"
	"strings"
)

// FromRequest finds the text of a token: as Bearer, as the password of Basic, or as a real Fly token's own scheme.
func FromRequest(r *http.Request) string {
	if _, password, ok := r.BasicAuth(); ok {
		return strings.TrimSpace(password)
	}
	header := strings.TrimSpace(r.Header.Get("Authorization"))
	if scheme, text, ok := strings.Cut(header, " "); ok && strings.EqualFold(scheme, "bearer") {
		return strings.TrimSpace(text)
	}
	return header
}

type contextKey struct{}

// With puts a token into a context.
func With(ctx context.Context, t Token) context.Context {
	return context.WithValue(ctx, contextKey{}, t)
}

// From returns the token of a context; the zero Token, which may do nothing, when there is none.
func From(ctx context.Context) Token {
	t, _ := ctx.Value(contextKey{}).(Token)
	return t
}
