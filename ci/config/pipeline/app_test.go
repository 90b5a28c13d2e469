package pipeline_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/renewa/pipeline/ci/config/pipeline"
)

func TestAnImageAboveTheLimitIsRefused(t *testing.T) {
	f, err := pipeline.Parse("pipeline.toml", []byte("[app]\nname = \"x\"\nmax_size_mb = 10\n[[stage]]\nname = \"dev\"\nconfig = \"fly.toml\"\norg = \"acme\"\n"))
	require.NoError(t, err)
	require.NoError(t, f.App.CheckSize(10))
	require.EqualError(t, f.App.CheckSize(10.26), "the image has 10.3 MB compressed, max_size_mb in pipeline.toml allows 10: nothing was deployed. Make the image smaller, or raise max_size_mb")
	f.App.MaxSizeMB = 0
	require.NoError(t, f.App.CheckSize(1000), "without a limit")
}
