//go:build acceptance

package acceptance

import (
	"context"
	"math/rand/v2"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

func TestUpDeployAndDownKilledAtAnyMomentConverge(t *testing.T) {
	w := deployed(t)
	title := "Before the kills " + time.Now().Format("15:04:05.000")
	write(t, "renewa-app-production", title)
	bystander := start(t, "-v", volume(t)+":/data", "postgres:17", "sleep", "3600")
	born := bystander.inspect("{{.Id}} {{.State.StartedAt}}")
	seed := uint64(time.Now().UnixNano())
	t.Logf("seed %d", seed)
	random := rand.New(rand.NewPCG(seed, seed))
	for range soak(4, 20) {
		target := []string{"up", "deploy", "down"}[random.IntN(3)]
		longest := 4 * time.Second
		if target == "deploy" {
			longest = 12 * time.Second // past its own `up`
		}
		after := time.Duration(random.Int64N(int64(longest)))
		ctx, cancel := context.WithTimeout(t.Context(), after)
		got, err := w.make(target).try(ctx)
		cancel()
		t.Logf("make %s, %s: %v %s", target, after.Round(time.Millisecond), err, lastLine(got.all))
	}
	w.make("deploy").ok(t)
	awake(t)
	wantOneOfEach(t, w)
	require.True(t, has(t, "renewa-app-production", title), "what was written before is gone")
	require.Equal(t, born, bystander.inspect("{{.Id}} {{.State.StartedAt}}"), "a bystander was touched")
}
