package token_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/renewa/pipeline/flylocal/token"
)

var key = token.Key("a key of this Fly")

func TestTheSameWordsGiveTheSameToken(t *testing.T) {
	want := token.Token{Scope: token.Deploy, App: "renewa-app"}
	one, err := key.Mint(want)
	require.NoError(t, err)
	two, err := key.Mint(want)
	require.NoError(t, err)
	require.Equal(t, one, two)
	got, err := key.Parse(one)
	require.NoError(t, err)
	require.Equal(t, want, got)
}

func TestATokenIsRefused(t *testing.T) {
	other, err := token.Key("another Fly").Mint(token.Token{Scope: token.Org})
	require.NoError(t, err)
	for reason, c := range map[string]struct{ text, want string }{
		"made by another Fly":             {other, "not made by this Fly"},
		"a macaroon of the real Fly":      {"FlyV1 fm2_abc", "real Fly"},
		"a macaroon without its scheme":   {"fm2_abc", "real Fly"},
		"an access token of the real Fly": {"fo1_abc", "real Fly"},
		"anything":                        {"hello", "starts with flylocal_"},
		"nothing":                         {"", "starts with flylocal_"},
		"the prefix alone":                {"flylocal_", "not made by this Fly"},
		"a scope put in by hand":          {"flylocal_org___00", "not made by this Fly"},
	} {
		t.Run(reason, func(t *testing.T) {
			_, err := key.Parse(c.text)
			require.ErrorContains(t, err, c.want)
			if len(c.text) > 10 {
				require.NotContains(t, err.Error(), c.text)
			}
		})
	}
}

func TestATokenIsNotMade(t *testing.T) {
	for reason, c := range map[string]token.Token{
		"a scope nobody knows":    {Scope: "root"},
		"deploy without an app":   {Scope: token.Deploy},
		"a name with a separator": {Scope: token.Deploy, App: "a_b"},
	} {
		t.Run(reason, func(t *testing.T) {
			_, err := key.Mint(c)
			require.Error(t, err)
		})
	}
}

func TestWhatATokenReaches(t *testing.T) {
	org := token.Token{Scope: token.Org, Org: "renewa"}
	deploy := token.Token{Scope: token.Deploy, App: "web"}
	read := token.Token{Scope: token.Read}
	require.True(t, org.Changes("renewa", "web"))
	require.False(t, org.Changes("other", "web"))
	require.True(t, org.Creates("renewa"))
	require.True(t, deploy.Changes("renewa", "web"))
	require.False(t, deploy.Sees("renewa", "db"))
	require.False(t, deploy.Creates("renewa"))
	require.True(t, deploy.Pulls("renewa", "renewa"))
	require.False(t, deploy.Pulls("other", "renewa"))
	require.True(t, read.Sees("renewa", "web"))
	require.False(t, read.Changes("renewa", "web"))
	require.False(t, token.Token{}.Sees("renewa", "web"))
}
