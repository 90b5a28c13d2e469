package build

import (
	"fmt"

	"github.com/renewa/pipeline/ci/config/tomlfile"
)

var (
	_ interface{ Hint() string } = (*MissingError)(nil)
	_ interface{ Hint() string } = (*ElsewhereError)(nil)
)

// A MissingError is returned for a build without a Dockerfile.
type MissingError struct{ Dockerfile string }

func (e *MissingError) Error() string {
	return fmt.Sprintf("build the image: %s does not exist, nothing was built or deployed", e.Dockerfile)
}

// Hint names the key with the path of the Dockerfile, and the way without a Dockerfile.
func (e *MissingError) Hint() string {
	return "state its path in pipeline.toml, [app] dockerfile; or build the image elsewhere and give deploy --image REF@sha256:…"
}

// An ElsewhereError is returned for a build of an app whose fly.toml states another way to an image than a Dockerfile.
type ElsewhereError struct{ Keys tomlfile.Problems }

func (e *ElsewhereError) Error() string {
	return "build the image: nothing was built or deployed\n" + e.Keys.Error()
}

// Hint shows the command.
func (e *ElsewhereError) Hint() string {
	return "to deploy an image that is built elsewhere: dagger call deploy --env ENVIRONMENT --image REF@sha256:…"
}
