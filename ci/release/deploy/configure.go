package deploy

import (
	"maps"
	"strconv"

	"github.com/superfly/fly-go"

	"github.com/renewa/pipeline/ci/release/deploy/machine"
	"github.com/renewa/pipeline/ci/release/deploy/secretstate"
)

// configure returns the configuration that the request wants for a machine; old is nil for a new machine.
func configure(r Request, old *fly.MachineConfig, group string, s secretstate.State) (*fly.MachineConfig, error) {
	meta := map[string]string{
		fly.MachineConfigMetadataKeyFlyPlatformVersion: fly.MachineFlyPlatformVersion2,
		fly.MachineConfigMetadataKeyFlyProcessGroup:    group,
	}
	s.Mark(meta)
	config := r.Config.WithImage(r.Image.String()).WithMetadata(meta)
	if old == nil {
		return config.Machine(group)
	}
	return config.Update(old, group)
}

// withReleaseMarks returns a copy of config with the metadata that is known only after the release has begun.
func withReleaseMarks(config *fly.MachineConfig, by release, s secretstate.State) *fly.MachineConfig {
	c := *config
	c.Metadata = maps.Clone(config.Metadata)
	s.Mark(c.Metadata)
	c.Metadata[machine.MetaRelease] = by.id
	c.Metadata[machine.MetaReleaseVersion] = strconv.Itoa(by.version)
	return &c
}
