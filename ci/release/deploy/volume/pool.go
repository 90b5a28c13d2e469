// Package volume finds or makes the volumes that new machines mount.
package volume

import (
	"context"
	"fmt"
	"slices"
	"sync"

	"github.com/superfly/fly-go"
)

// Platform has the calls of Fly that a Pool needs.
type Platform interface {
	Volumes(ctx context.Context, app string) ([]fly.Volume, error)
	CreateVolume(ctx context.Context, app, name, region string, gb int) (*fly.Volume, error)
}

// Pool gives each volume of an app to one new machine only, also when machines are made at the same time.
type Pool struct {
	Fly         Platform
	App, Region string
	Say         func(format string, args ...any)

	mu     sync.Mutex
	chosen []string // ids
}

// Attach returns a copy of a configuration with the ids of the volumes that its mounts name. It takes unattached volumes
// of the same name and region, and makes a volume only when there is none; so the next deploy uses a volume that a
// killed deploy made. sizes are in GB, by name; the default is 1.
func (p *Pool) Attach(ctx context.Context, config *fly.MachineConfig, sizes map[string]int) (*fly.MachineConfig, error) {
	if len(config.Mounts) == 0 {
		return config, nil
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	all, err := p.Fly.Volumes(ctx, p.App)
	if err != nil {
		return nil, fmt.Errorf("the volumes of %s cannot be listed: %w", p.App, err)
	}
	with := *config
	with.Mounts = slices.Clone(config.Mounts)
	for i, mount := range with.Mounts {
		free := func(v fly.Volume) bool {
			return v.Name == mount.Name && v.Region == p.Region && !v.IsAttached() && !slices.Contains(p.chosen, v.ID)
		}
		if at := slices.IndexFunc(all, free); at >= 0 {
			with.Mounts[i].Volume = all[at].ID
		} else if with.Mounts[i].Volume, err = p.create(ctx, mount.Name, max(1, sizes[mount.Name])); err != nil {
			return nil, err
		}
		p.chosen = append(p.chosen, with.Mounts[i].Volume)
	}
	return &with, nil
}

func (p *Pool) create(ctx context.Context, name string, gb int) (string, error) {
	p.Say("making volume %s of %d GB", name, gb)
	v, err := p.Fly.CreateVolume(ctx, p.App, name, p.Region, gb)
	if err != nil {
		return "", fmt.Errorf("volume %s of %d GB was not created: %w", name, gb, err)
	}
	return v.ID, nil
}
