package docker

import (
	"archive/tar"
	"bytes"
	"context"
	"fmt"
	"path"
	"slices"
	"strings"
	"time"

	"github.com/containerd/errdefs"
	"github.com/docker/docker/api/types/container"
	"github.com/docker/docker/api/types/mount"
	"github.com/docker/docker/api/types/network"
	"github.com/docker/docker/api/types/volume"

	"github.com/renewa/pipeline/flylocal/cloud"
)

// Start creates a container and runs it. Each start has a new container: a machine's file system lasts as long as its
// process.
func (h *Host) Start(ctx context.Context, s cloud.Spec) error {
	if strings.HasPrefix(s.Image.Ref, "localhost:") {
		if err := h.own(ctx, s.Image.Ref); err != nil {
			return err
		}
	}
	for _, m := range s.Mounts {
		if _, err := h.api.VolumeCreate(ctx, volume.CreateOptions{Name: h.volume(m.Volume), Labels: h.labels("flylocal.volume", m.Volume)}); err != nil {
			return fmt.Errorf("create volume %s: %w", m.Volume, err)
		}
	}
	name := h.container(s.Key)
	if err := h.create(ctx, s, name); err != nil {
		return fmt.Errorf("create container %s: %w", name, err)
	}
	if len(s.Files) > 0 {
		if err := h.api.CopyToContainer(ctx, name, "/", archive(s.Files), container.CopyToContainerOptions{}); err != nil {
			return fmt.Errorf("put files into %s: %w", name, err)
		}
	}
	if err := h.api.ContainerStart(ctx, name, container.StartOptions{}); err != nil {
		return fmt.Errorf("start container %s: %w", name, err)
	}
	return nil
}

// create creates a container in place of the machine's last one. It tries again when the name is taken in between: the
// engine may still carry out a request of a flylocal that was killed.
func (h *Host) create(ctx context.Context, s cloud.Spec, name string) error {
	for tries := 0; ; tries++ {
		if err := h.Remove(ctx, s.Key); err != nil {
			return err
		}
		_, err := h.api.ContainerCreate(ctx, h.config(s), h.resources(s), h.endpoint(s), nil, name)
		if err == nil || !errdefs.IsConflict(err) || tries == 20 {
			return err
		}
		time.Sleep(50 * time.Millisecond)
	}
}

// config switches the image's HEALTHCHECK off: a machine is started when its process runs, and fly.toml has its checks.
func (h *Host) config(s cloud.Spec) *container.Config {
	c := &container.Config{
		Image: s.Image.Ref, Tty: s.TTY, Entrypoint: s.Entrypoint, Cmd: s.Cmd,
		Hostname: s.Machine, Healthcheck: &container.HealthConfig{Test: []string{"NONE"}},
		Labels: h.labels("flylocal.app", s.App, "flylocal.machine", s.Machine, "flylocal.instance", s.Instance),
	}
	if len(s.Exec) > 0 {
		c.Entrypoint, c.Cmd = s.Exec[:1], s.Exec[1:]
	}
	for name, value := range s.Env {
		c.Env = append(c.Env, name+"="+value)
	}
	slices.Sort(c.Env)
	return c
}

// resources runs the process below an init, as Fly does, so that signals and orphans are handled for every image.
func (h *Host) resources(s cloud.Spec) *container.HostConfig {
	yes := true
	hc := &container.HostConfig{
		Init: &yes, NetworkMode: container.NetworkMode(h.name),
		LogConfig: container.LogConfig{Type: "json-file", Config: map[string]string{"max-size": "10m"}},
	}
	if s.MemoryMB > 0 {
		hc.Memory = int64(s.MemoryMB) << 20
		hc.MemorySwap = hc.Memory
	}
	for _, m := range s.Mounts {
		hc.Mounts = append(hc.Mounts, mount.Mount{Type: mount.TypeVolume, Source: h.volume(m.Volume), Target: m.Path})
	}
	return hc
}

func (h *Host) endpoint(s cloud.Spec) *network.NetworkingConfig {
	e := &network.EndpointSettings{Aliases: s.Names}
	if h.v6 {
		e.IPAMConfig = &network.EndpointIPAMConfig{IPv6Address: h.Address(s.Key)}
	}
	return &network.NetworkingConfig{EndpointsConfig: map[string]*network.EndpointSettings{h.name: e}}
}

func (h *Host) volume(id string) string { return h.name + "-" + id }

// RemoveVolume deletes a volume, if it was ever mounted.
func (h *Host) RemoveVolume(ctx context.Context, id string) error {
	err := h.api.VolumeRemove(ctx, h.volume(id), true)
	if errdefs.IsNotFound(err) {
		return nil
	}
	return err
}

// Remove kills and removes a machine's container.
func (h *Host) Remove(ctx context.Context, k cloud.Key) error {
	h.remember(k, "")
	name := h.container(k)
	for range 20 {
		err := h.api.ContainerRemove(ctx, name, container.RemoveOptions{Force: true, RemoveVolumes: true})
		if err == nil || errdefs.IsNotFound(err) {
			return nil
		}
		if !strings.Contains(err.Error(), "already in progress") {
			return fmt.Errorf("remove container %s: %w", name, err)
		}
		select {
		case <-time.After(100 * time.Millisecond):
		case <-ctx.Done():
			return ctx.Err()
		}
	}
	return fmt.Errorf("remove container %s: its removal does not end", name)
}

// archive packs files.
func archive(files []cloud.File) *bytes.Buffer {
	var buf bytes.Buffer
	w := tar.NewWriter(&buf)
	for _, f := range files {
		_ = w.WriteHeader(&tar.Header{Name: strings.TrimPrefix(path.Clean(f.Path), "/"), Mode: f.Mode, Size: int64(len(f.Data)), Typeflag: tar.TypeReg})
		_, _ = w.Write(f.Data)
	}
	_ = w.Close()
	return &buf
}
