package step_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/moby/patternmatcher"
	"github.com/stretchr/testify/require"

	"github.com/renewa/pipeline/ci/golden"
	"github.com/renewa/pipeline/ci/verify/step"
)

// engine has the files of a bundle.
type engine struct {
	git     bool
	refused string // the question that it does not answer
}

var errEngine = errors.New("no answer")

func (e engine) answer(question, text string) (string, error) {
	if e.refused == question {
		return "", errEngine
	}
	return text, nil
}

func (e engine) Digest(context.Context) (string, error) { return e.answer("digest", "sha256:0123") }
func (e engine) HasGit(context.Context) (bool, error) {
	_, err := e.answer("history", "")
	return e.git, err
}

func (e engine) Dockerfile(context.Context) (string, error) {
	return e.answer("dockerfile", "FROM oven/bun:1.4.5-slim\n")
}
func (e engine) Version(context.Context) (string, error) { return e.answer("version", "v0.21.8") }
func (e engine) Image(_ context.Context, name string) (string, error) {
	return e.answer(name, "docker.io/"+name+"@sha256:4567")
}

func TestTheCommandOfABundleNamesTheModuleTheHistoryAndThePreviousImage(t *testing.T) {
	for want, c := range map[string]struct {
		name, flags string
		git         bool
		pins        map[string]string
	}{
		"dagger call -m MODULE --source source unit":                                   {name: "unit"},
		"dagger call -m MODULE --source source --git source scanner gitleaks":          {name: "gitleaks", git: true},
		"dagger call -m MODULE --source source ci --only own":                          {name: "own"},
		"dagger call -m MODULE --source source migrations --from 3":                    {name: "migrations", flags: " --from 3"},
		"dagger call -m MODULE --source source compatibility --previous shop@sha256:1": {name: "compatibility", pins: map[string]string{"previous image": "shop@sha256:1"}},
		"dagger call -m MODULE --source source compatibility --previous none":          {name: "compatibility", flags: " --previous none", pins: map[string]string{"previous image": "none"}},
		"dagger call -m MODULE --source source compatibility":                          {name: "compatibility", pins: map[string]string{"previous image": "unknown"}},
	} {
		b, err := step.NewBundle(t.Context(), engine{git: c.git}, step.Check{Name: c.name}, c.flags, c.pins)
		require.NoError(t, err)
		require.Equal(t, want, b.Command)
		require.Contains(t, b.Module, "MODULE stands for this module")
	}
}

func TestABundleNamesEverythingAStepDependsOn(t *testing.T) {
	check := step.Check{Name: "unit", Run: []string{"bun test"}, Timeout: time.Minute, JUnit: []string{"unit.xml"}}
	b, err := step.NewBundle(t.Context(), engine{}, check, "", map[string]string{"squawk-cli": "2.66.0"})
	require.NoError(t, err)
	golden.Equal(t, "step.json", b.JSON())

	for reason, c := range map[string]struct {
		engine engine
		want   map[string]string // images
		error  error
	}{
		"all are found": {engine{}, map[string]string{
			"oven/bun:1.4.5-slim": "docker.io/oven/bun:1.4.5-slim@sha256:4567", "node:24-slim": "docker.io/node:24-slim@sha256:4567",
		}, nil},
		"one is not": {engine{refused: "node:24-slim"}, map[string]string{
			"oven/bun:1.4.5-slim": "docker.io/oven/bun:1.4.5-slim@sha256:4567", "node:24-slim": "not found: no answer",
		}, nil},
		"the files cannot be read":      {engine{refused: "digest"}, nil, errEngine},
		"the history is unknown":        {engine{refused: "history"}, nil, errEngine},
		"the Dockerfile cannot be read": {engine{refused: "dockerfile"}, nil, errEngine},
		"the engine has no version":     {engine{refused: "version"}, nil, errEngine},
	} {
		b, err := step.NewBundle(t.Context(), c.engine, check, "", map[string]string{"image": "node:24-slim", "squawk": "2.66.0"})
		require.ErrorIs(t, err, c.error, reason)
		if c.error == nil {
			require.Equal(t, c.want, b.Images, reason)
			require.Equal(t, map[string]string{"image": "node:24-slim", "squawk": "2.66.0"}, b.Pins, reason)
		}
	}
}

func TestABundleHasNoFileOfSecrets(t *testing.T) {
	m, err := patternmatcher.New(step.BundleLeavesOut)
	require.NoError(t, err)
	for file, want := range map[string]bool{
		".env": true, "app/.env": true, ".env.local": true, ".env.example": false, "app/.env.example": false, "src/env.ts": false,
		"secrets.json": true, "test/secrets.json": false,
	} {
		out, err := m.MatchesOrParentMatches(file)
		require.NoError(t, err)
		require.Equal(t, want, out, file)
	}
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
