package registry

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"

	"github.com/google/go-containerregistry/pkg/crane"
	"github.com/google/go-containerregistry/pkg/v1/empty"
	"github.com/google/go-containerregistry/pkg/v1/mutate"
	"github.com/google/go-containerregistry/pkg/v1/remote/transport"
	"github.com/google/go-containerregistry/pkg/v1/static"
	"github.com/google/go-containerregistry/pkg/v1/types"
)

// recordType is the media type of a record's content.
const recordType types.MediaType = "application/vnd.pipeline.report.v1+json"

// Keep stores a record beside an app's images, under a tag of its own.
func (r Registry) Keep(ctx context.Context, repository, tag string, record []byte) error {
	artifact := mutate.ConfigMediaType(mutate.MediaType(empty.Image, types.OCIManifestSchema1), "application/vnd.oci.empty.v1+json")
	artifact, err := mutate.AppendLayers(artifact, static.NewLayer(record, recordType))
	if err == nil {
		err = crane.Push(artifact, fmt.Sprintf("%s/%s:%s", r.Host, repository, tag), r.options(ctx)...)
	}
	if err != nil {
		return fmt.Errorf("%s:%s was not written to the registry: %w", repository, tag, err)
	}
	return nil
}

// Record returns the record that Keep stored; nil when there is none.
func (r Registry) Record(ctx context.Context, repository, tag string) ([]byte, error) {
	record, err := r.record(ctx, fmt.Sprintf("%s/%s:%s", r.Host, repository, tag))
	var refused *transport.Error
	if errors.As(err, &refused) && refused.StatusCode == http.StatusNotFound {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("%s:%s in the registry cannot be read: %w", repository, tag, err)
	}
	return record, nil
}

func (r Registry) record(ctx context.Context, address string) ([]byte, error) {
	artifact, err := crane.Pull(address, r.options(ctx)...)
	if err != nil {
		return nil, err
	}
	layers, err := artifact.Layers()
	if err != nil {
		return nil, err
	}
	if len(layers) != 1 {
		return nil, fmt.Errorf("the record has %d layers, want 1", len(layers))
	}
	content, err := layers[0].Compressed() // returns the record itself: a static layer is not compressed
	if err != nil {
		return nil, err
	}
	defer content.Close()
	return io.ReadAll(io.LimitReader(content, 4<<20))
}
