package scanner_test

import (
	"path"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/renewa/pipeline/ci/scan"
	"github.com/renewa/pipeline/ci/scan/scanner"
)

func TestEveryLockfileThatHasAnAuditHasACommand(t *testing.T) {
	for _, name := range scan.Audited {
		run := scanner.Audit("app", []string{path.Join("web", name)}, time.Minute).Run
		require.Len(t, run, 1)
		require.True(t, strings.Contains(run[0], "bun audit --json") || strings.Contains(run[0], "npm audit --json"), "%s: %s", name, run[0])
	}
}
