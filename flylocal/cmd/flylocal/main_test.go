package main

import (
	"bytes"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestACommandIsRefused(t *testing.T) {
	t.Setenv("FLYLOCAL_STATE", t.TempDir())
	for reason, c := range map[string]struct {
		args []string
		want string
	}{
		"nobody knows it":      {[]string{"deploy"}, `unknown command "deploy"`},
		"nothing runs to ask":  {[]string{"token"}, "no flylocal runs over"},
		"nothing runs to ping": {[]string{"ping"}, "no flylocal runs over"},
		"a flag nobody knows":  {[]string{"token", "--admin"}, "flag provided but not defined"},
	} {
		t.Run(reason, func(t *testing.T) {
			require.ErrorContains(t, run(t.Context(), c.args, new(bytes.Buffer)), c.want)
		})
	}
}

func TestWithoutACommandThereIsHelp(t *testing.T) {
	for _, args := range [][]string{nil, {"--help"}} {
		var out bytes.Buffer
		require.NoError(t, run(t.Context(), args, &out))
		require.Contains(t, out.String(), "flylocal serve")
	}
}
