package advisory_test

import (
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/google/go-containerregistry/pkg/name"
	"github.com/google/go-containerregistry/pkg/registry"
	v1 "github.com/google/go-containerregistry/pkg/v1"
	"github.com/google/go-containerregistry/pkg/v1/empty"
	"github.com/google/go-containerregistry/pkg/v1/mutate"
	"github.com/google/go-containerregistry/pkg/v1/remote"
	"github.com/stretchr/testify/require"

	"github.com/renewa/pipeline/ci/output"
	"github.com/renewa/pipeline/ci/scan/advisory"
)

// source is a registry with one database, and its address there.
func source(t *testing.T, title string) (string, string) {
	t.Helper()
	server := httptest.NewServer(registry.New())
	t.Cleanup(server.Close)
	ref := strings.TrimPrefix(server.URL, "http://") + "/aquasecurity/trivy-db:2"
	tag, err := name.ParseReference(ref)
	require.NoError(t, err)
	image := mutate.Annotations(empty.Image, map[string]string{"org.opencontainers.image.title": title}).(v1.Image)
	require.NoError(t, remote.Write(tag, image))
	digest, err := image.Digest()
	require.NoError(t, err)
	return ref, digest.String()
}

func TestTheDatabaseIsFoundByItsDigest(t *testing.T) {
	ref, digest := source(t, "db.tar.gz")
	found, err := advisory.Find(t.Context(), ref, true)
	require.NoError(t, err)
	require.Equal(t, advisory.Database{Ref: strings.Replace(ref, ":2", "@"+digest, 1), Digest: digest}, found)
}

func TestASampleIsRecognized(t *testing.T) {
	ref, _ := source(t, "sample: 12 advisories")
	found, err := advisory.Find(t.Context(), ref, true)
	require.NoError(t, err)
	require.Equal(t, "12 advisories", found.Sample)
}

func TestAMissingDatabaseIsAnError(t *testing.T) {
	ref, _ := source(t, "db.tar.gz")
	_, err := advisory.Find(t.Context(), strings.Replace(ref, ":2", ":3", 1), true)
	require.ErrorContains(t, err, "the vulnerability database "+strings.Replace(ref, ":2", ":3", 1)+" cannot be read: ")
	require.ErrorContains(t, output.Error(err), "`make scanners`")
	require.ErrorContains(t, output.Error(err), "--advisories tcp://HOST:PORT")
	_, err = advisory.Find(t.Context(), "not a reference", false)
	require.ErrorContains(t, err, "the name of the vulnerability database cannot be read: ")
}

func TestTheCopyOfALocalServerIsAskedForByTheNameInItsOwnRegistry(t *testing.T) {
	ref, digest := source(t, "db.tar.gz")
	server, _, _ := strings.Cut(ref, "/")
	found, err := advisory.FindAt(t.Context(), server, "ghcr.io/aquasecurity/trivy-db:2")
	require.NoError(t, err)
	require.Equal(t, digest, found.Digest)
	_, err = advisory.FindAt(t.Context(), server, "ghcr.io/aquasecurity/trivy-db:3")
	require.ErrorContains(t, err, "the server that --advisories names does not serve the vulnerability database: ")
	require.NotContains(t, err.Error(), server, "only an engine knows the server by it")
}
