package main

import (
	"archive/tar"
	"bytes"
	"compress/gzip"
	"errors"
	"os"
	"path/filepath"
	"time"

	"github.com/google/go-containerregistry/pkg/name"
	v1 "github.com/google/go-containerregistry/pkg/v1"
	"github.com/google/go-containerregistry/pkg/v1/empty"
	"github.com/google/go-containerregistry/pkg/v1/mutate"
	"github.com/google/go-containerregistry/pkg/v1/remote"
	"github.com/google/go-containerregistry/pkg/v1/static"
	"github.com/google/go-containerregistry/pkg/v1/types"
)

// The media types that Trivy expects.
const (
	configType = "application/vnd.aquasec.trivy.config.v1+json"
	layerType  = "application/vnd.aquasec.trivy.db.layer.v1.tar+gzip"
)

const titleKey = "org.opencontainers.image.title"

// pack returns the archive in which Trivy expects its database.
func pack(database string, at time.Time) ([]byte, error) {
	var packed bytes.Buffer
	zipped := gzip.NewWriter(&packed)
	archive := tar.NewWriter(zipped)
	for _, file := range []string{"trivy.db", "metadata.json"} {
		content, err := os.ReadFile(filepath.Join(database, file))
		if err != nil {
			return nil, err
		}
		if err := archive.WriteHeader(&tar.Header{Name: file, Mode: 0o644, Size: int64(len(content)), ModTime: at}); err != nil {
			return nil, err
		}
		if _, err := archive.Write(content); err != nil {
			return nil, err
		}
	}
	if err := errors.Join(archive.Close(), zipped.Close()); err != nil {
		return nil, err
	}
	return packed.Bytes(), nil
}

// artifact returns the database as the registry keeps it. A report learns from the title that the database is a sample.
func artifact(layer []byte, title string) (v1.Image, error) {
	image := mutate.ConfigMediaType(mutate.MediaType(empty.Image, types.OCIManifestSchema1), configType)
	image, err := mutate.Append(image, mutate.Addendum{
		Layer:       static.NewLayer(layer, layerType),
		Annotations: map[string]string{titleKey: "db.tar.gz"}, // Trivy refuses one without a name
	})
	if err != nil {
		return nil, err
	}
	return mutate.Annotations(image, map[string]string{titleKey: title}).(v1.Image), nil
}

func push(layer []byte, title, repository string, tags []string) error {
	target, err := name.NewRepository(repository)
	if err != nil {
		return err
	}
	image, err := artifact(layer, title)
	if err != nil {
		return err
	}
	for _, tag := range tags {
		if err := remote.Write(target.Tag(tag), image); err != nil {
			return err
		}
	}
	return nil
}
