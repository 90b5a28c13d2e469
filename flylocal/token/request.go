package token

import (
	"context"
	"net/http"
	"strings"
)

// FromRequest returns the text of a request's token: of Bearer, of Basic as its password, or of the real Fly's scheme.
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

// With returns a context with a token.
func With(ctx context.Context, t Token) context.Context {
	return context.WithValue(ctx, contextKey{}, t)
}

// From returns the token of a context, or the zero Token, which may do nothing.
func From(ctx context.Context) Token {
	t, _ := ctx.Value(contextKey{}).(Token)
	return t
}
