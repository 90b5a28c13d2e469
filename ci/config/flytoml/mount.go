package flytoml

import (
	"slices"
	"strings"

	"github.com/superfly/fly-go"

	"github.com/renewa/pipeline/ci/config/tomlfile"
)

// A Volume describes the volume that must exist before a machine can mount it.
type Volume struct {
	Name              string
	SizeGB            int
	SnapshotRetention *int
}

type mount struct {
	mount  fly.MachineMount
	volume Volume
}

// Volumes returns the volumes that each new machine of a group needs. They must be unattached and in the machine's
// region.
func (c Config) Volumes(group string) []Volume {
	var volumes []Volume
	for _, m := range pick(c.parsed.mounts, group) {
		volumes = append(volumes, m.volume)
	}
	return volumes
}

func (r *reader) mounts(root *tomlfile.Table) {
	for _, t := range r.renamedTables(root, "mounts", "mount") {
		s := newScoped(r, t, r.mount(t))
		r.warnUnknownGroups(t)
		refuseSecond(t, r.out.mounts, scoped[mount]{groups: s.groups, listed: true})
		refuseSecond(t, r.out.mounts, scoped[mount]{groups: s.groups, listed: false})
		r.out.mounts = append(r.out.mounts, s)
	}
}

func (r *reader) mount(t *tomlfile.Table) mount {
	m := fly.MachineMount{
		Name:                   tomlfile.Or(t.String("source"), ""),
		Path:                   tomlfile.Or(t.String("destination"), ""),
		ExtendThresholdPercent: tomlfile.Or(r.atLeast(t, "auto_extend_size_threshold", 0), 0),
		AddSizeGb:              r.gigabyte(t, "auto_extend_size_increment"),
		SizeGbLimit:            r.gigabyte(t, "auto_extend_size_limit"),
	}
	v := Volume{Name: m.Name, SizeGB: max(1, r.gigabyte(t, "initial_size")), SnapshotRetention: r.atLeast(t, "snapshot_retention", 1)}
	r.snapshots(t, v)
	if m.Name == "" {
		t.Refuse("", "source is missing: the name of the volume")
	}
	if !strings.HasPrefix(m.Path, "/") || strings.Trim(m.Path, "/") == "" {
		t.Refuse("destination", "must be a path beginning with /, and not / itself")
	}
	checkGrowth(t, m)
	if m.SizeGbLimit > 0 && m.SizeGbLimit < v.SizeGB {
		t.Refuse("auto_extend_size_limit", "must not be below the initial size of %d GB", v.SizeGB)
	}
	return mount{m, v}
}

// snapshots checks the snapshot settings and warns of them: a deploy makes volumes with Fly's defaults for snapshots.
func (r *reader) snapshots(t *tomlfile.Table, v Volume) {
	if v.SnapshotRetention != nil && *v.SnapshotRetention > 60 {
		t.Refuse("snapshot_retention", "must be at most 60 days")
	}
	t.Bool("scheduled_snapshots")
	for _, key := range []string{"snapshot_retention", "scheduled_snapshots"} {
		if t.Has(key) {
			r.warn(t, key, "a volume that a deploy makes has the snapshots that Fly makes by itself: change them with `fly volumes update`")
		}
	}
}

// checkGrowth refuses settings for automatic growth that are outside Fly's limits.
func checkGrowth(t *tomlfile.Table, m fly.MachineMount) {
	if m.ExtendThresholdPercent == 0 && m.AddSizeGb == 0 && m.SizeGbLimit == 0 {
		return
	}
	if p := m.ExtendThresholdPercent; p < 50 || p > 99 {
		t.Refuse("auto_extend_size_threshold", "must be 50 to 99 percent when Fly extends the volume automatically")
	}
	if m.AddSizeGb < 1 || m.AddSizeGb > 100 {
		t.Refuse("auto_extend_size_increment", "must be 1 to 100 GB when Fly extends the volume automatically")
	}
	if m.SizeGbLimit > 500 {
		t.Refuse("auto_extend_size_limit", "must be at most 500 GB")
	}
}

// mountsFor returns a group's mounts as fly-go's type.
func (p parsed) mountsFor(group string) []fly.MachineMount {
	var mounts []fly.MachineMount
	for _, m := range pick(p.mounts, group) {
		mounts = append(mounts, m.mount)
	}
	return slices.Clip(mounts)
}
