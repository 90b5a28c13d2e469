package registry_test

import (
	"io"
	"log"
	"net/http"
	"net/http/httptest"
	"net/url"
	"testing"

	"github.com/google/go-containerregistry/pkg/crane"
	"github.com/google/go-containerregistry/pkg/name"
	containers "github.com/google/go-containerregistry/pkg/registry"
	v1 "github.com/google/go-containerregistry/pkg/v1"
	"github.com/google/go-containerregistry/pkg/v1/empty"
	"github.com/google/go-containerregistry/pkg/v1/mutate"
	"github.com/google/go-containerregistry/pkg/v1/random"
	"github.com/google/go-containerregistry/pkg/v1/remote"
	"github.com/stretchr/testify/require"

	"github.com/renewa/pipeline/ci/release/image"
	"github.com/renewa/pipeline/ci/release/registry"
)

// another is a registry that is not Fly's, and records the Authorization of each request.
type another struct {
	host    string
	refuses bool
	tokens  []string
}

func (a *another) RoundTrip(r *http.Request) (*http.Response, error) {
	a.tokens = append(a.tokens, r.Header.Get("Authorization"))
	return http.DefaultTransport.RoundTrip(r)
}

// split sends a request to the registry whose host it names.
type split struct {
	host       string
	there, fly http.RoundTripper
}

func (s split) RoundTrip(r *http.Request) (*http.Response, error) {
	if r.URL.Host == s.host {
		return s.there.RoundTrip(r)
	}
	return s.fly.RoundTrip(r)
}

// withAnother returns Fly's registry, the meter of its requests, and another registry.
func withAnother(t *testing.T) (registry.Registry, *meter, *another) {
	t.Helper()
	r, m, _ := open(t, "amd64")
	a, store := &another{}, containers.New(containers.Logger(log.New(io.Discard, "", 0)))
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, req *http.Request) {
		if a.refuses {
			w.WriteHeader(http.StatusUnauthorized)
			return
		}
		store.ServeHTTP(w, req)
	}))
	t.Cleanup(server.Close)
	u, err := url.Parse(server.URL)
	require.NoError(t, err)
	a.host = u.Host
	r.Transport = split{a.host, a, m}
	return r, m, a
}

// built returns an image for a platform, with labels.
func built(t *testing.T, architecture string, labels map[string]string) v1.Image {
	t.Helper()
	img, err := random.Image(100_000, 2)
	require.NoError(t, err)
	config, err := img.ConfigFile()
	require.NoError(t, err)
	config.OS, config.Architecture, config.Config.Labels = "linux", architecture, labels
	img, err = mutate.ConfigFile(img, config)
	require.NoError(t, err)
	return img
}

func (a *another) push(t *testing.T, img v1.Image) image.Ref {
	t.Helper()
	require.NoError(t, crane.Push(img, a.host+"/acme/shop:1"))
	digest, err := img.Digest()
	require.NoError(t, err)
	ref, err := image.Parse(a.host + "/acme/shop@" + digest.String())
	require.NoError(t, err)
	return ref
}

// pushList pushes a list with an image for each of these architectures.
func (a *another) pushList(t *testing.T, of map[string]v1.Image) image.Ref {
	t.Helper()
	var list v1.ImageIndex = empty.Index
	for architecture, img := range of {
		list = mutate.AppendManifests(list, mutate.IndexAddendum{Add: img, Descriptor: v1.Descriptor{Platform: &v1.Platform{OS: "linux", Architecture: architecture}}})
	}
	tag, err := name.NewTag(a.host + "/acme/shop:all")
	require.NoError(t, err)
	require.NoError(t, remote.WriteIndex(tag, list))
	digest, err := list.Digest()
	require.NoError(t, err)
	ref, err := image.Parse(a.host + "/acme/shop@" + digest.String())
	require.NoError(t, err)
	return ref
}

func TestAnImageOfAnotherRegistryIsCopiedByDigest(t *testing.T) {
	r, m, a := withAnother(t)
	given := a.push(t, built(t, "amd64", nil))
	ref, info, err := r.Import(t.Context(), given, "shop")
	require.NoError(t, err)
	require.Equal(t, registry.Host+"/shop@"+given.Digest(), ref.String())
	require.Equal(t, image.Elsewhere, info.Commit())
	require.Greater(t, info.SizeMB(), 0.2)
	for _, token := range a.tokens {
		require.Empty(t, token, "Fly's token is not sent to another registry")
	}
	got, err := r.Inspect(t.Context(), ref)
	require.NoError(t, err)
	require.Equal(t, info, got)
	m.writes.Store(0)
	again, _, err := r.Import(t.Context(), given, "shop")
	require.NoError(t, err)
	require.Equal(t, ref, again)
	require.Zero(t, m.writes.Load(), "the second time it is there")
}

func TestOfAListTheImageForFlysMachinesIsCopied(t *testing.T) {
	r, _, a := withAnother(t)
	ours := built(t, "amd64", map[string]string{"org.opencontainers.image.revision": "4f0c"})
	ref, info, err := r.Import(t.Context(), a.pushList(t, map[string]v1.Image{"arm64": built(t, "arm64", nil), "amd64": ours}), "shop")
	require.NoError(t, err)
	digest, err := ours.Digest()
	require.NoError(t, err)
	require.Equal(t, digest.String(), ref.Digest())
	require.Equal(t, "4f0c", info.Commit())
}

func TestAnImageForAnotherPlatformIsNotCopied(t *testing.T) {
	r, m, a := withAnother(t)
	for reason, given := range map[string]image.Ref{
		"an image": a.push(t, built(t, "arm64", nil)),
		"a list":   a.pushList(t, map[string]v1.Image{"arm64": built(t, "arm64", nil)}),
	} {
		_, _, err := r.Import(t.Context(), given, "shop")
		require.ErrorContains(t, err, "is built for linux/arm64: Fly's machines run linux/amd64 only", reason)
		require.Zero(t, m.writes.Load(), reason)
	}
}

func TestAnImageInTheAppsOwnRepositoryIsUsedAsItIs(t *testing.T) {
	r, m, ref := open(t, "amd64")
	r.Names = []string{"localhost:4280"}
	for _, given := range []image.Ref{ref, ref.On("localhost:4280", "shop-dev"), ref.On(r.Host, "shop-dev")} {
		got, info, err := r.Import(t.Context(), given, "shop-dev")
		require.NoError(t, err)
		require.Equal(t, ref, got)
		require.Equal(t, "abc", info.Commit())
	}
	require.Zero(t, m.writes.Load())
}

func TestAnImageOfAnotherAppIsCopiedWithoutItsLayers(t *testing.T) {
	r, m, ref := open(t, "amd64")
	got, _, err := r.Import(t.Context(), ref, "shop")
	require.NoError(t, err)
	require.Equal(t, registry.Host+"/shop@"+ref.Digest(), got.String())
	require.Less(t, m.sent.Load()+m.received.Load(), int64(20_000), "kilobytes, of an image of two megabytes")
}

func TestAnImageThatOnlyItsUsersMayReadIsRefusedWithAWay(t *testing.T) {
	r, _, a := withAnother(t)
	given := a.push(t, built(t, "amd64", nil))
	a.refuses = true
	_, _, err := r.Import(t.Context(), given, "shop")
	require.EqualError(t, err, "image "+given.String()+" cannot be read: "+a.host+" gives it only to its own users, nothing was deployed: push the image to registry.fly.io/APP and name it there by digest")
	a.refuses = false
	absent := given.On(a.host, "acme/none")
	_, _, err = r.Import(t.Context(), absent, "shop")
	require.ErrorContains(t, err, "image "+absent.String()+" cannot be read, nothing was deployed: ")
}

func TestTheImageOfAPlanIsFoundWithoutAWrite(t *testing.T) {
	r, m, a := withAnother(t)
	given := a.push(t, built(t, "amd64", nil))
	ref, _, err := r.Elsewhere(t.Context(), given)
	require.NoError(t, err)
	require.Equal(t, given, ref)
	require.Zero(t, m.writes.Load())
}
