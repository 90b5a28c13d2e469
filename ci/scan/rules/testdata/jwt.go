package sample

import "github.com/golang-jwt/jwt/v5"

func wrong(text string) (*jwt.Token, error) {
	// ruleid: jwt-not-verified-go
	token, _, err := jwt.NewParser().ParseUnverified(text, jwt.MapClaims{})
	return token, err
}

func right(text string, key []byte) (*jwt.Token, error) {
	give := func(*jwt.Token) (any, error) { return key, nil }
	// ok: jwt-not-verified-go
	return jwt.Parse(text, give, jwt.WithValidMethods([]string{"HS256"}))
}
