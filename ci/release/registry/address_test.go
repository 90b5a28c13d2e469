package registry_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/renewa/pipeline/ci/release/registry"
)

func TestTheTagOfABuildChangesWithEachOfItsInputs(t *testing.T) {
	tag := registry.BuildTag("sha256:1", "", "linux/amd64")
	require.Regexp(t, `^build-[0-9a-f]{16}$`, tag)
	require.Equal(t, tag, registry.BuildTag("sha256:1", "", "linux/amd64"))
	for _, other := range [][]string{{"sha256:2", "", "linux/amd64"}, {"sha256:1", "app", "linux/amd64"}, {"sha256:1", "", "linux/arm64"}} {
		require.NotEqual(t, tag, registry.BuildTag(other...))
	}
}

func TestAPublishedImageHasTheNameThatMachinesUse(t *testing.T) {
	const digest = "@sha256:1111111111111111111111111111111111111111111111111111111111111111"
	ref, err := registry.Published("localhost:4280/shop:build-1" + digest)
	require.NoError(t, err)
	require.Equal(t, "registry.fly.io/shop"+digest, ref.String())
	require.True(t, registry.Has(ref))
	_, err = registry.Published("localhost:4280/shop:build-1")
	require.Error(t, err)
}

func TestALocalRegistryIsReachedByThePortOfItsService(t *testing.T) {
	at, err := registry.ThroughService("http://abc123.ctr.dagger.local:4280")
	require.NoError(t, err)
	require.Equal(t, "localhost:4280", at)
	_, err = registry.ThroughService("http://a b")
	require.ErrorContains(t, err, "of the local Fly cannot be read")
	require.True(t, registry.Registry{Insecure: true}.Local())
	require.False(t, registry.Registry{}.Local())
}
