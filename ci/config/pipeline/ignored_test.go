package pipeline_test

import (
	"testing"

	"github.com/stretchr/testify/require"
)

func TestADockerignoreIsReadAsDockerReadsIt(t *testing.T) {
	f, err := parse(t, minimal).WithIgnored("# only these\n*\n!frontend\n  /dist/ \n\n**/*_test.go\n")
	require.NoError(t, err)
	require.Equal(t, []string{"*", "!frontend", "dist", "**/*_test.go"}, f.Ignored)
}
