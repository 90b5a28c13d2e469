package deploy

import (
	"encoding/json"
	"maps"
	"strconv"

	"github.com/superfly/fly-go"
)

// What this package writes into a machine's metadata, beside Fly's own keys.
const (
	metaSecrets        = "pipeline_secrets"         // fingerprint of the secrets the machine was launched with
	metaSecretsVersion = "pipeline_secrets_version" // Fly's version of them
	metaSeals          = "pipeline_secrets_seals"   // see seal
	metaHeld           = "pipeline_secrets_held"    // see heldOf
	metaMade           = "pipeline_made"            // number of the release that made the machine
	metaReplaces       = "pipeline_replaces"        // id of the machine whose place it takes
	metaAdopted        = "pipeline_adopted"         // number of the release that took it over from another tool
	metaLaunch         = "pipeline_launch"          // see ci/fly

	metaRelease        = "fly_release_id"
	metaReleaseVersion = "fly_release_version"
)

// perRelease are the keys that change with every release and say nothing about what runs, and those of the
// secrets, which are looked at by themselves.
var perRelease = []string{metaRelease, metaReleaseVersion, "fly_flyctl_version", metaLaunch, metaMade, metaGreen, metaReplaces, metaAdopted, metaSecrets, metaSecretsVersion, metaSeals, metaHeld}

// configure is a machine's configuration as the request wants it; old is nil for a new machine.
func configure(r Request, old *fly.MachineConfig, group string, s secretChange) (*fly.MachineConfig, error) {
	meta := map[string]string{
		fly.MachineConfigMetadataKeyFlyPlatformVersion: fly.MachineFlyPlatformVersion2,
		fly.MachineConfigMetadataKeyFlyProcessGroup:    group,
	}
	s.mark(meta)
	config := r.Config.WithImage(r.Image.String()).WithMetadata(meta)
	if old == nil {
		return config.Machine(group)
	}
	return config.Update(old, group)
}

// marked adds what is known only once a release has begun.
func marked(config *fly.MachineConfig, by release, s secretChange) *fly.MachineConfig {
	c := *config
	c.Metadata = maps.Clone(config.Metadata)
	s.mark(c.Metadata)
	c.Metadata[metaRelease] = by.id
	c.Metadata[metaReleaseVersion] = strconv.Itoa(by.version)
	return &c
}

// sameConfig reports whether a machine already is what next describes.
func sameConfig(m *fly.Machine, next *fly.MachineConfig) bool {
	return comparable(m.Config) == comparable(next)
}

// comparable is a configuration as text, without what changes with every release.
func comparable(config *fly.MachineConfig) string {
	c := *config
	c.Metadata = maps.Clone(config.Metadata)
	for _, k := range perRelease {
		delete(c.Metadata, k)
	}
	b, err := json.Marshal(c)
	if err != nil {
		panic(err) // fly-go's own type, decoded from JSON
	}
	return string(b)
}
