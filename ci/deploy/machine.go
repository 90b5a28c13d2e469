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
	metaLaunch         = "pipeline_launch"          // see ci/fly
)

// perRelease are the keys that change with every release and say nothing about what runs.
var perRelease = []string{"fly_release_id", "fly_release_version", "fly_flyctl_version", metaLaunch}

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
func marked(config *fly.MachineConfig, releaseID string, version int, s secretChange) *fly.MachineConfig {
	c := *config
	c.Metadata = maps.Clone(config.Metadata)
	s.mark(c.Metadata)
	if releaseID != "" {
		c.Metadata["fly_release_id"] = releaseID
		c.Metadata["fly_release_version"] = strconv.Itoa(version)
	}
	return &c
}

// sameConfig reports whether a machine already is what next describes.
func sameConfig(m *fly.Machine, next *fly.MachineConfig) bool {
	return m.Config != nil && comparable(m.Config) == comparable(next)
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

// down: a machine that is stopped, suspended or a standby gets the new version and stays as it is.
func down(m *fly.Machine) bool {
	switch m.State {
	case fly.MachineStateStopped, "suspended", "created":
		return true
	}
	return m.Config != nil && len(m.Config.Standbys) > 0
}
