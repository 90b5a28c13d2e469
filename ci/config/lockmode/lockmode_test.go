package lockmode_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/renewa/pipeline/ci/config/lockmode"
)

func TestAModeIsReadInEverySpellingOfPostgres(t *testing.T) {
	for _, text := range []string{"ShareUpdateExclusiveLock", "SHARE UPDATE EXCLUSIVE", "share_update_exclusive", "ShareUpdateExclusive"} {
		mode, known := lockmode.Parse(text)
		require.True(t, known, text)
		require.Equal(t, lockmode.Mode("ShareUpdateExclusive"), mode)
	}
	for _, text := range []string{"", "lock", "Shared", "ExclusiveLockLock"} {
		_, known := lockmode.Parse(text)
		require.False(t, known, text)
	}
}

func TestEveryModeIsStrongerThanThoseBeforeItAndThanNone(t *testing.T) {
	before := []lockmode.Mode{""}
	for _, name := range lockmode.Names() {
		mode, known := lockmode.Parse(name)
		require.True(t, known, name)
		for _, weaker := range before {
			require.True(t, mode.Stronger(weaker), "%s and %s", mode, weaker)
			require.False(t, weaker.Stronger(mode), "%s and %s", weaker, mode)
		}
		require.False(t, mode.Stronger(mode))
		before = append(before, mode)
	}
	require.Len(t, before, 9)
}

func TestAnUpdateOfRowsBlocksNoWritersAndANewIndexDoes(t *testing.T) {
	require.False(t, lockmode.Mode("").BlocksWriters())
	require.False(t, lockmode.Mode("RowExclusive").BlocksWriters())
	require.False(t, lockmode.Harmless.BlocksWriters())
	require.True(t, lockmode.Mode("Share").BlocksWriters())
	require.True(t, lockmode.Mode("AccessExclusive").BlocksWriters())
}
