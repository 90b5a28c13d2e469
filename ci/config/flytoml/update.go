package flytoml

import (
	"maps"
	"slices"
	"strings"

	"github.com/superfly/fly-go"
)

// Update returns the configuration of an existing machine with the values of this file. A field that a fly.toml can
// state is removed when this file does not state it. All other fields, such as schedule, standbys and containers,
// stay as they are. Update does not change old. The error is an *UnknownGroupError.
//
// fly-go's type has only the fields that it knows; ci/fly carries the others over when it sends the update.
func (c Config) Update(old *fly.MachineConfig, group string) (*fly.MachineConfig, error) {
	next, err := c.Machine(group)
	if err != nil || old == nil {
		return next, err
	}
	m := copyOf(old)
	m.Checks, m.Env, m.Files, m.Metrics = next.Checks, next.Env, next.Files, next.Metrics
	m.Restart, m.Services, m.Statics, m.StopConfig = next.Restart, next.Services, next.Statics, next.StopConfig
	m.Init.Cmd, m.Init.Entrypoint, m.Init.Exec, m.Init.SwapSizeMB = next.Init.Cmd, next.Init.Entrypoint, next.Init.Exec, next.Init.SwapSizeMB
	m.Mounts = withVolumes(next.Mounts, m.Mounts)
	if c.image != "" {
		m.Image = next.Image
	}
	if next.Guest != nil { // the file has [[vm]]
		m.Guest = next.Guest
	}
	if m.Metadata == nil {
		m.Metadata = map[string]string{}
	}
	maps.Copy(m.Metadata, next.Metadata)
	if len(m.Standbys) > 0 {
		m.Env["FLY_STANDBY_FOR"] = strings.Join(m.Standbys, ",")
	}
	return m, nil
}

// withVolumes returns mounts with the volumes that the old mounts of the same name have, because a machine cannot
// change volumes.
func withVolumes(mounts, old []fly.MachineMount) []fly.MachineMount {
	for i, m := range mounts {
		if at := slices.IndexFunc(old, func(o fly.MachineMount) bool { return sameVolume(o, m) }); at >= 0 {
			mounts[i].Volume, mounts[i].Encrypted, mounts[i].SizeGb = old[at].Volume, old[at].Encrypted, old[at].SizeGb
		}
	}
	return mounts
}

// sameVolume reports whether two mounts have the same name, or the same path where Fly does not return the name.
func sameVolume(old, wanted fly.MachineMount) bool {
	if old.Name != "" {
		return old.Name == wanted.Name
	}
	return old.Path == wanted.Path
}
