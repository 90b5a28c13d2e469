package suite

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestAMigratorFindsTheAddressInItsVariableAndItsFailureIsNoError(t *testing.T) {
	m := migrator{[]string{"sh", "-c", `echo "at $PLACE"; exit 3`}, "PLACE"}
	output, ok, err := m.run(t.Context(), "postgres://x/y")
	require.NoError(t, err)
	require.False(t, ok)
	require.Equal(t, "at postgres://x/y", output)

	_, _, err = migrator{[]string{"/no/such/program"}, "PLACE"}.run(t.Context(), "")
	require.ErrorContains(t, err, "the migrator /no/such/program cannot be run")
}

func TestTheLastTenLinesOfAnOutputAreShown(t *testing.T) {
	require.Equal(t, "1\n2", lastLines("1\n2"))
	require.Equal(t, "3"+strings.Repeat("\nx", 9), lastLines("1\n2\n3"+strings.Repeat("\nx", 9)))
}

func TestACountHasItsNoun(t *testing.T) {
	require.Equal(t, "0 files, 1 file, 2 files", count(0, "file")+", "+count(1, "file")+", "+count(2, "file"))
}
