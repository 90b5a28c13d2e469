package registry_test

import (
	"fmt"
	"io"
	"net/http"
	"sync/atomic"
	"testing"

	"github.com/google/go-containerregistry/pkg/crane"
	"github.com/google/go-containerregistry/pkg/v1/mutate"
	"github.com/google/go-containerregistry/pkg/v1/random"
	"github.com/stretchr/testify/require"

	"github.com/renewa/pipeline/ci/release/image"
	"github.com/renewa/pipeline/ci/release/registry"
	"github.com/renewa/pipeline/flylocal"
)

// meter counts the bytes of bodies that are sent and read, and the requests that write.
type meter struct {
	next           http.RoundTripper
	sent, received atomic.Int64
	writes         atomic.Int64
}

func (m *meter) RoundTrip(r *http.Request) (*http.Response, error) {
	if r.Method != http.MethodGet && r.Method != http.MethodHead {
		m.writes.Add(1)
	}
	if r.Body != nil {
		r.Body = &counted{r.Body, &m.sent}
	}
	answer, err := m.next.RoundTrip(r)
	if err == nil {
		answer.Body = &counted{answer.Body, &m.received}
	}
	return answer, err
}

type counted struct {
	io.ReadCloser
	n *atomic.Int64
}

func (c *counted) Read(p []byte) (int, error) {
	n, err := c.ReadCloser.Read(p)
	c.n.Add(int64(n))
	return n, err
}

// open returns a registry, its meter, and an image with two layers of a megabyte each in the repository shop-dev.
func open(t *testing.T, architecture string) (registry.Registry, *meter, image.Ref) {
	t.Helper()
	f, err := flylocal.New()
	require.NoError(t, err)
	t.Cleanup(f.Close)
	for _, app := range []string{"shop-dev", "shop"} {
		_, err := f.Cloud().CreateApp(app, "acme", "", "")
		require.NoError(t, err)
	}
	m := &meter{next: f.Transport()}
	r := registry.Registry{Host: "flylocal-4280:4280", Insecure: true, Token: f.OrgToken(), Transport: m}
	img, err := random.Image(1_000_000, 2)
	require.NoError(t, err)
	config, err := img.ConfigFile()
	require.NoError(t, err)
	config.OS, config.Architecture = "linux", architecture
	config.Config.Labels = map[string]string{"org.opencontainers.image.revision": "abc"}
	img, err = mutate.ConfigFile(img, config)
	require.NoError(t, err)
	require.NoError(t, crane.Push(img, r.Host+"/shop-dev:build-1", crane.Insecure, crane.WithTransport(m), crane.WithAuthFromKeychain(r)))
	digest, err := img.Digest()
	require.NoError(t, err)
	ref, err := image.Parse(fmt.Sprintf("%s/shop-dev@%s", registry.Host, digest))
	require.NoError(t, err)
	m.sent.Store(0)
	m.received.Store(0)
	m.writes.Store(0)
	return r, m, ref
}

func TestCarryingAnImageKeepsItsDigestAndMovesNoLayer(t *testing.T) {
	r, m, ref := open(t, "amd64")
	carried, err := r.Carry(t.Context(), ref, "shop")
	require.NoError(t, err)
	require.Equal(t, registry.Host+"/shop@"+ref.Digest(), carried.String())
	require.Less(t, m.sent.Load()+m.received.Load(), int64(20_000), "kilobytes, of an image of two megabytes")
	found, ok, err := r.Find(t.Context(), "shop", registry.Tag(ref))
	require.NoError(t, err)
	require.True(t, ok, "a tag keeps it from being collected")
	require.Equal(t, carried, found)
	info, err := r.Inspect(t.Context(), carried)
	require.NoError(t, err)
	require.Equal(t, "linux/amd64", info.Platform)
	require.Equal(t, "abc", info.Revision)
	require.Greater(t, info.SizeMB(), 2.0)
}

func TestTheCommitOfAnImageIsPrintableText(t *testing.T) {
	for label, want := range map[string]string{
		"":                              image.Elsewhere,
		"\n\x1b":                        image.Elsewhere,
		"abc-changed":                   "abc-changed",
		"abc\nstatus      complete\x1b": "abcstatus      complete",
	} {
		require.Equal(t, want, registry.Info{Revision: label}.Commit())
	}
}

func TestCarryingAnImageAgainWritesNothing(t *testing.T) {
	r, m, ref := open(t, "amd64")
	first, err := r.Carry(t.Context(), ref, "shop")
	require.NoError(t, err)
	m.writes.Store(0)
	again, err := r.Carry(t.Context(), ref, "shop")
	require.NoError(t, err)
	require.Equal(t, first, again)
	require.Zero(t, m.writes.Load())
}

func TestEachRepositoryIsReadWithItsOwnToken(t *testing.T) {
	r, _, ref := open(t, "amd64")
	org := r.Token
	r.Token, r.Tokens = "flylocal_of_nobody", map[string]string{"shop-dev": org, "shop": org}
	_, err := r.Carry(t.Context(), ref, "shop")
	require.NoError(t, err)
	r.Tokens = nil
	_, err = r.Carry(t.Context(), ref, "shop")
	require.Error(t, err)
	require.NotContains(t, err.Error(), "flylocal_of_nobody")
}

func TestAnImageOfAnotherPlatformIsRefused(t *testing.T) {
	r, _, ref := open(t, "arm64")
	_, err := r.Inspect(t.Context(), ref)
	require.ErrorContains(t, err, "is built for linux/arm64: Fly's machines run linux/amd64 only")
}

func TestAnImageThatDoesNotExistIsAnError(t *testing.T) {
	r, _, ref := open(t, "amd64")
	_, found, err := r.Find(t.Context(), "shop", "build-9")
	require.NoError(t, err)
	require.False(t, found)
	_, err = r.Carry(t.Context(), ref.On(registry.Host, "shop"), "shop-dev")
	require.ErrorContains(t, err, "shop@"+ref.Digest()[:19]+" was not copied to shop-dev: ")
}

func TestARecordIsReadAsItWasKept(t *testing.T) {
	r, _, _ := open(t, "amd64")
	none, err := r.Record(t.Context(), "shop", "release-1")
	require.NoError(t, err)
	require.Nil(t, none)
	for _, record := range []string{`{"version":1}`, `{"version":1,"again":true}`} {
		require.NoError(t, r.Keep(t.Context(), "shop", "release-1", []byte(record)))
		got, err := r.Record(t.Context(), "shop", "release-1")
		require.NoError(t, err)
		require.Equal(t, record, string(got))
	}
}
