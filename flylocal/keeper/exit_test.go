package keeper

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

func TestThePauseBeforeARestartDoublesUpToTenSeconds(t *testing.T) {
	var got []time.Duration
	for restart := 1; restart <= 8; restart++ {
		got = append(got, pause(250*time.Millisecond, restart))
	}
	require.Equal(t, []time.Duration{
		250 * time.Millisecond, 500 * time.Millisecond, time.Second, 2 * time.Second,
		4 * time.Second, 8 * time.Second, 10 * time.Second, 10 * time.Second,
	}, got)
	require.Equal(t, 10*time.Second, pause(250*time.Millisecond, 1000))
}
