package step_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/renewa/pipeline/ci/golden"
	"github.com/renewa/pipeline/ci/verify/step"
)

func TestABundleNamesEverythingAStepDependsOn(t *testing.T) {
	b := step.NewBundle(step.Check{Name: "unit", Run: []string{"bun test"}, Timeout: time.Minute, JUnit: []string{"unit.xml"}}, "sha256:0123", "dagger call --source source unit")
	b.Pins["squawk-cli"] = "2.66.0"
	b.Images["oven/bun:1.4.5-slim"] = "docker.io/oven/bun:1.4.5-slim@sha256:4567"
	b.Engine = "v0.21.8"
	golden.Equal(t, "step.json", b.JSON())
}

func TestTheImagesOfADockerfileAreFoundWhereItNamesThem(t *testing.T) {
	require.Equal(t, []string{"oven/bun:1", "golang:${GO}", "debian:trixie-slim", "busybox:1", "alpine:3"}, step.Images(`# FROM nobody:1
FROM --platform=linux/amd64 oven/bun:1 AS bun
from BUN as deps
FROM golang:${GO} AS build
RUN --mount=type=bind,from=deps,source=/a,target=/a echo --from
FROM scratch
FROM debian:trixie-slim
COPY --from=busybox:1 /bin/sh /bin/sh
COPY --chown=1:1 --from=0 /a /b
RUN --mount=type=bind,from=alpine:3,target=/alpine \
    --mount=type=cache,target=/c true
`))
}
