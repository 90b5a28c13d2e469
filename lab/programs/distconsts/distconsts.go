// Package distconsts names the places inside an engine image. The engine's own package of this name lives in a
// nested module that no proxy can serve; ../../engine/Dockerfile puts things where these constants say.
package distconsts

const (
	RuncPath                         = "/usr/local/bin/runc"
	DaggerInitPath                   = "/usr/local/bin/dagger-init"
	DefaultEngineSockAddr            = "unix:///run/dagger/engine.sock"
	EngineContainerName              = "dagger-engine.dev"
	EngineDefaultStateDir            = "/var/lib/dagger"
	EngineContainerBuiltinContentDir = "/usr/local/share/dagger/content"
	EngineCustomCACertsDir           = "/usr/local/share/ca-certificates/"
	OCIVersionAnnotation             = "org.opencontainers.image.version"

	// Where the engine looks for the SDKs it carries. The lab's engine carries Go's.
	GoSDKManifestDigestEnvName         = "DAGGER_GO_SDK_MANIFEST_DIGEST"
	PythonSDKManifestDigestEnvName     = "DAGGER_PYTHON_SDK_MANIFEST_DIGEST"
	TypescriptSDKManifestDigestEnvName = "DAGGER_TYPESCRIPT_SDK_MANIFEST_DIGEST"

	// The image `dagger terminal` opens when none is named: one that is on the shelf.
	AlpineImage = "debian:trixie-slim"
)
