package scratch_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/renewa/pipeline/ci/verify/migration/scratch"
)

func TestAServerThatDoesNotAnswerIsNamedWithoutItsPassword(t *testing.T) {
	for reason, c := range map[string]struct{ address, like, want string }{
		"nobody listens":    {"postgres://me:hunter2@127.0.0.1:1/x", "", "the database server 127.0.0.1:1 did not start"},
		"no address":        {"hunter2", "", "-server is not the address of a server"},
		"a like of no kind": {"postgres://me:a@127.0.0.1:1/x", "postgres://me:hunter2@127.0.0.1:x/y", "-like is not the address of a database"},
	} {
		_, err := scratch.Connect(t.Context(), c.address, c.like, 0, t.Output())
		require.ErrorContains(t, err, c.want, reason)
		require.NotContains(t, err.Error(), "hunter2", reason)
	}
}
