package deploy

import (
	"context"
	"fmt"
	"slices"

	"github.com/superfly/fly-go"
)

// withVolumes gives a new machine the volumes that its mounts name: ones that nobody has, of the same name and
// in the same region, and new ones where there are none. One that a killed run made is found that way.
func (r *run) withVolumes(ctx context.Context, config *fly.MachineConfig, group string) (*fly.MachineConfig, error) {
	if len(config.Mounts) == 0 {
		return config, nil
	}
	r.choosing.Lock() // machines are made side by side
	defer r.choosing.Unlock()
	all, err := r.fly.Volumes(ctx, r.Config.App)
	if err != nil {
		return nil, fmt.Errorf("list volumes of %s: %w", r.Config.App, err)
	}
	with := *config
	with.Mounts = slices.Clone(config.Mounts)
	for i, mount := range with.Mounts {
		free := func(v fly.Volume) bool {
			return v.Name == mount.Name && v.Region == r.Config.PrimaryRegion && !v.IsAttached() && !slices.Contains(r.chosen, v.ID)
		}
		if at := slices.IndexFunc(all, free); at >= 0 {
			with.Mounts[i].Volume = all[at].ID
		} else if with.Mounts[i].Volume, err = r.makeVolume(ctx, mount.Name, group); err != nil {
			return nil, err
		}
		r.chosen = append(r.chosen, with.Mounts[i].Volume)
	}
	return &with, nil
}

func (r *run) makeVolume(ctx context.Context, name, group string) (string, error) {
	size := 1
	for _, v := range r.Config.Volumes(group) {
		if v.Name == name {
			size = v.SizeGB
		}
	}
	r.say("making volume %s of %d GB", name, size)
	v, err := r.fly.CreateVolume(ctx, r.Config.App, name, r.Config.PrimaryRegion, size)
	if err != nil {
		return "", fmt.Errorf("make volume %s of %d GB: %w", name, size, err)
	}
	return v.ID, nil
}
