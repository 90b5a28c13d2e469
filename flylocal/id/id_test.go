package id_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/renewa/pipeline/flylocal/id"
)

func TestAVersionSortsByItsTime(t *testing.T) {
	one, two := id.ULID(), id.ULID()
	require.Len(t, one, 26)
	require.LessOrEqual(t, one[:10], two[:10])
}
