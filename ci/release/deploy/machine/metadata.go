package machine

import (
	"maps"
	"slices"
	"strings"

	"github.com/superfly/fly-go"
)

// The keys of a machine's metadata that a deploy reads or writes, beside those of its secrets.
const (
	MetaLaunch   = "pipeline_launch"   // written by ci/fly into every machine that it launches
	MetaMade     = "pipeline_made"     // number of the release that made the machine
	MetaGreen    = "pipeline_green"    // number of the release that made the machine beside blue machines
	MetaReplaces = "pipeline_replaces" // id of the machine that this machine replaces
	MetaAdopted  = "pipeline_adopted"  // number of the release that took the machine over from another tool

	MetaCanary         = "fly_canary"
	MetaRelease        = "fly_release_id"
	MetaReleaseVersion = "fly_release_version"
)

const (
	ours    = "pipeline_"                    // begins every key that only this pipeline writes
	retired = "fly_bluegreen_deployment_tag" // flyctl's mark on a machine that is about to be destroyed
)

// perRelease has Fly's keys that change with every release without a change of the machine itself.
var perRelease = []string{MetaRelease, MetaReleaseVersion, "fly_flyctl_version"}

// WithoutRelease returns a copy of a machine's metadata without the keys that change with every release.
func WithoutRelease(metadata map[string]string) map[string]string {
	left := maps.Clone(metadata)
	maps.DeleteFunc(left, func(key, _ string) bool { return strings.HasPrefix(key, ours) || slices.Contains(perRelease, key) })
	return left
}

// Foreign reports whether this pipeline neither made nor updated a machine; flyctl may have made it.
func Foreign(m *fly.Machine) bool {
	for key := range m.Config.Metadata {
		if strings.HasPrefix(key, ours) {
			return false
		}
	}
	return true
}

// IsTest reports whether a machine was made to run one of fly.toml's machine_checks.
func IsTest(m *fly.Machine) bool {
	return m.ProcessGroup() == fly.MachineProcessGroupFlyAppTestMachineCommand
}
