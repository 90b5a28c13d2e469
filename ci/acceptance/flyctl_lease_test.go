//go:build acceptance

package acceptance

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestFlyctlWaitsForAShortLeaseAndNamesTheHolderOfALongOne(t *testing.T) {
	t.Parallel()
	f := withFlyctl(t, "flyctl-lease")
	one, two := f.push(t, "one"), f.push(t, "two")
	f.deploy("registry.fly.io/"+f.app+"@"+one, "--ha=false").ok(t)
	m := f.machines(t, f.app)[0]
	lease := func(seconds int) {
		f.must(t, "POST", fmt.Sprintf("/v1/apps/%s/machines/%s/lease?ttl=%d", f.app, m.ID, seconds), nil, nil)
	}
	lease(3)
	f.deploy("registry.fly.io/" + f.app + "@" + two).ok(t)
	require.Equal(t, two, f.runs(t, f.app))

	lease(120)
	got := f.deploy("registry.fly.io/" + f.app + "@" + one).run(t) // it asks for a minute
	require.Equal(t, 1, got.code)
	require.Contains(t, got.all, "lease currently held by org@tokens.localhost, expires at")
	require.Equal(t, two, f.runs(t, f.app))
	require.Equal(t, "failed", f.releases(t)[0])
}
