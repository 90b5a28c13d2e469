package docker

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/containerd/errdefs"
	"github.com/docker/docker/api/types/image"
	"github.com/docker/docker/api/types/registry"

	"github.com/renewa/pipeline/flylocal/cloud"
)

func registryAuth(token string) (string, error) {
	auth, err := registry.EncodeAuthConfig(registry.AuthConfig{Username: "x", Password: token})
	if err != nil {
		return "", fmt.Errorf("encode registry credentials: %w", err)
	}
	return auth, nil
}

// Image returns an image of another registry, pulled unless the engine has it. On a laptop with another processor the
// engine may have the image for that one: then it pulls the image for Fly's.
func (h *Host) Image(ctx context.Context, ref string) (cloud.Image, error) {
	found, err := h.api.ImageInspect(ctx, ref)
	if errdefs.IsNotFound(err) || err == nil && found.Architecture != "amd64" {
		if err := h.pull(ctx, ref, ""); err != nil {
			return cloud.Image{}, err
		}
		found, err = h.api.ImageInspect(ctx, ref)
	}
	if err != nil {
		return cloud.Image{}, err
	}
	if found.Os != "linux" || found.Architecture != "amd64" {
		return cloud.Image{}, fmt.Errorf("it is for %s/%s: Fly runs linux/amd64 only", found.Os, found.Architecture)
	}
	img := cloud.Image{Ref: ref, Digest: found.ID, Size: found.Size}
	for _, d := range found.RepoDigests {
		if _, digest, ok := strings.Cut(d, "@"); ok {
			img.Digest = digest
		}
	}
	if found.Config != nil {
		img.Labels = found.Config.Labels
	}
	return img, nil
}

// own pulls an image of this Fly's registry by digest, unless the engine has it.
func (h *Host) own(ctx context.Context, ref string) error {
	if _, err := h.api.ImageInspect(ctx, ref); err == nil {
		return nil
	}
	return h.pull(ctx, ref, h.auth)
}

// pull pulls an image. The engine's error is in the progress it sends.
func (h *Host) pull(ctx context.Context, ref, auth string) error {
	progress, err := h.api.ImagePull(ctx, ref, image.PullOptions{RegistryAuth: auth, Platform: "linux/amd64"})
	if err != nil {
		return fmt.Errorf("pull %s: %w", ref, err)
	}
	defer progress.Close()
	for d := json.NewDecoder(progress); ; {
		var line struct {
			Error string `json:"error"`
		}
		switch err := d.Decode(&line); {
		case errors.Is(err, io.EOF):
			return nil
		case err != nil:
			return fmt.Errorf("pull %s: %w", ref, err)
		case line.Error != "":
			return fmt.Errorf("pull %s: %s", ref, line.Error)
		}
	}
}
