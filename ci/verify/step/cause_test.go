package step_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/renewa/pipeline/ci/verify/step"
)

func TestACauseIsShownWithoutTheEnginesWayThere(t *testing.T) {
	text := "failed to load container from converted ID: load Container@" + strings.Repeat("CuGbAQoVeHhoMzo4/+", 300) +
		"==: load xxh3:896175dfaded4832: inputs: load xxh3:19709aa8829a9616: inputs: failed to content hash dockerfile bind mount at \"/migrate\": \"/renewa-one/migrate\": not found"
	require.Equal(t, `failed to content hash dockerfile bind mount at "/migrate": "/renewa-one/migrate": not found`, step.Cause(text))
	plain := "the inputs: none; load average 3"
	require.Contains(t, step.Cause(plain), "load average 3")
}

func TestAServiceThatDidNotStartIsNamed(t *testing.T) {
	text := `start gup5mrn81nqk2 (aliased as database): exit code: 1 [traceparent:33a2778fbda79dd0-96c2634b4f613ec1]`
	require.Equal(t, "the service database did not start: it ended with code 1; its output is above, its image in pipeline.toml", step.Cause(text))
}
