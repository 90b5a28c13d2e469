package secret_test

import (
	"errors"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/renewa/pipeline/ci/config/secret"
)

// The texts are those of the engine v0.21.8.
func TestAnUnreadableSecretNamesItsArgumentAndTheCause(t *testing.T) {
	for want, engine := range map[string]string{
		"the file nope.json does not exist; a relative path begins in the folder of the call. ": `rpc error: code = Unknown desc = failed to read secret file "nope.json": open nope.json: no such file or directory`,
		"the variable is not set. ": `rpc error: code = Unknown desc = secret env var not found: "NOP..."`,
		"permission denied. ":       `rpc error: code = Unknown desc = permission denied`,
	} {
		err := secret.Unreadable("--token", "PIPELINE_TOKEN", errors.New(engine))
		require.EqualError(t, err, "cannot read --token (PIPELINE_TOKEN in .env): "+want+"--token takes file://PATH or env://NAME")
	}
}
