package flylocal_test

import (
	"net/http"
	"strings"
	"testing"

	"github.com/google/go-containerregistry/pkg/authn"
	"github.com/google/go-containerregistry/pkg/name"
	v1 "github.com/google/go-containerregistry/pkg/v1"
	"github.com/google/go-containerregistry/pkg/v1/empty"
	"github.com/google/go-containerregistry/pkg/v1/mutate"
	"github.com/google/go-containerregistry/pkg/v1/random"
	"github.com/google/go-containerregistry/pkg/v1/remote"
	"github.com/stretchr/testify/require"
	fly "github.com/superfly/fly-go"
	"github.com/superfly/fly-go/flaps"

	"github.com/renewa/pipeline/flylocal/token"
)

// image is a small image for a platform.
func image(t *testing.T, arch string) v1.Image {
	t.Helper()
	img, err := random.Image(256, 2)
	require.NoError(t, err)
	cfg, err := img.ConfigFile()
	require.NoError(t, err)
	cfg = cfg.DeepCopy()
	cfg.OS, cfg.Architecture = "linux", arch
	cfg.Config.Labels = map[string]string{"fly.version": "1"}
	img, err = mutate.ConfigFile(img, cfg)
	require.NoError(t, err)
	return img
}

func (w *world) ref(s string) name.Reference {
	w.Helper()
	ref, err := name.ParseReference(w.server.Listener.Addr().String()+"/"+s, name.Insecure)
	require.NoError(w, err)
	return ref
}

func (w *world) auth(text string) remote.Option {
	return remote.WithAuth(&authn.Basic{Username: "x", Password: text})
}

// push puts an image into the registry and returns its digest.
func (w *world) push(repo, text string, img v1.Image) string {
	w.Helper()
	require.NoError(w, remote.Write(w.ref(repo), img, w.auth(text)))
	d, err := img.Digest()
	require.NoError(w, err)
	return d.String()
}

func TestAMachineRunsTheImageOfItsDigest(t *testing.T) {
	w := open(t)
	app := w.app("web")
	digest := w.push("web:v1", w.fly.OrgToken(), image(t, "amd64"))
	w.push("web:v1", w.fly.OrgToken(), image(t, "amd64")) // the tag moves
	cfg := web()
	for reason, ref := range map[string]string{
		"Fly's name":         "registry.fly.io/web@" + digest,
		"the local name":     "localhost:4280/web@" + digest,
		"the address":        "127.0.0.1:4280/web@" + digest,
		"with a tag as well": "registry.fly.io/web:v1@" + digest,
	} {
		t.Run(reason, func(t *testing.T) {
			cfg.Image = ref
			m := w.launch(app, cfg)
			m = w.get(app, m.ID)
			require.Equal(t, digest, m.ImageRef.Digest)
			require.Equal(t, "web", m.ImageRef.Repository)
			require.Equal(t, "1", m.ImageRef.Labels["fly.version"])
			runs := w.fly.Scripted().Started()
			require.Equal(t, "localhost:4280/web@"+digest, runs[len(runs)-1].Image.Ref, "an image is its repository and digest, whatever the host")
		})
	}
}

func TestAnImageIsRefused(t *testing.T) {
	w := open(t)
	app := w.app("web")
	_, err := w.flaps.CreateApp(t.Context(), flaps.CreateAppRequest{Name: "alien", Org: "other"})
	require.NoError(t, err)
	arm := w.push("web:arm", w.fly.OrgToken(), image(t, "arm64"))
	alien := w.push("alien:v1", w.fly.OrgToken(), image(t, "amd64"))
	for reason, c := range map[string]struct {
		ref, want string
		status    int
	}{
		"it is not there":             {"registry.fly.io/web@sha256:" + strings.Repeat("0", 64), "MANIFEST_UNKNOWN", 404},
		"it is for another processor": {"registry.fly.io/web@" + arm, "linux/arm64: Fly runs linux/amd64 only", 422},
		"it belongs to somebody else": {"registry.fly.io/alien@" + alien, "another organisation", 403},
		"none is given":               {"", "image is required", 422},
	} {
		t.Run(reason, func(t *testing.T) {
			cfg := web()
			cfg.Image = c.ref
			_, err := w.flaps.Launch(t.Context(), app, fly.LaunchMachineInput{Config: cfg})
			require.ErrorContains(t, err, c.want)
			var fe *flaps.FlapsError
			require.ErrorAs(t, err, &fe)
			require.Equal(t, c.status, fe.ResponseStatusCode)
		})
	}
}

func TestAnIndexRunsWhenItHasTheRightImage(t *testing.T) {
	w := open(t)
	app := w.app("web")
	for reason, c := range map[string]struct {
		platforms []string
		want      string
	}{
		"one of two fits": {[]string{"arm64", "amd64"}, ""},
		"none fits":       {[]string{"arm64"}, "only linux/arm64"},
	} {
		t.Run(reason, func(t *testing.T) {
			var ix v1.ImageIndex = empty.Index
			for _, arch := range c.platforms {
				ix = mutate.AppendManifests(ix, mutate.IndexAddendum{Add: image(t, arch), Descriptor: v1.Descriptor{Platform: &v1.Platform{OS: "linux", Architecture: arch}}})
			}
			require.NoError(t, remote.WriteIndex(w.ref("web:multi"), ix, w.auth(w.fly.OrgToken())))
			cfg := web()
			cfg.Image = "registry.fly.io/web:multi"
			m, err := w.flaps.Launch(t.Context(), app, fly.LaunchMachineInput{Config: cfg})
			if c.want != "" {
				require.ErrorContains(t, err, c.want)
				return
			}
			require.NoError(t, err)
			d, err := ix.Digest()
			require.NoError(t, err)
			require.Equal(t, d.String(), m.ImageRef.Digest, "the digest is that of what was asked for")
		})
	}
}

func TestWhoMayPushAndPull(t *testing.T) {
	t.Parallel()
	w := open(t)
	for name, org := range map[string]string{"web": "renewa", "stage": "renewa", "alien": "other"} {
		_, err := w.flaps.CreateApp(t.Context(), flaps.CreateAppRequest{Name: name, Org: org})
		require.NoError(t, err)
		w.push(name+":v1", w.fly.OrgToken(), image(t, "amd64"))
	}
	all := map[string]string{
		"every org": w.fly.OrgToken(),
		"org":       w.token(token.Token{Scope: token.Org, Org: "renewa"}),
		"deploy":    w.token(token.Token{Scope: token.Deploy, App: "web"}),
		"read":      w.token(token.Token{Scope: token.Read, Org: "renewa"}),
	}
	for reason, c := range map[string]struct {
		repo       string
		push, pull string // who may
	}{
		"its own app":             {"web", "every org, org, deploy", "every org, org, deploy, read"},
		"another app of its org":  {"stage", "every org, org", "every org, org, deploy, read"},
		"an app of somebody else": {"alien", "every org", "every org"},
	} {
		for who, text := range all {
			t.Run(who+" and "+reason, func(t *testing.T) {
				_, err := remote.Image(w.ref(c.repo+":v1"), w.auth(text))
				require.Equal(t, contains(c.pull, who), err == nil, "pull: %v", err)
				err = remote.Write(w.ref(c.repo+":v2"), image(t, "amd64"), w.auth(text))
				require.Equal(t, contains(c.push, who), err == nil, "push: %v", err)
			})
		}
	}
	_, err := remote.Image(w.ref("web:v1"), remote.WithAuth(authn.Anonymous))
	require.ErrorContains(t, err, "UNAUTHORIZED")
	_, err = remote.Image(w.ref("web:v1"), w.auth("fm2_real"))
	require.ErrorContains(t, err, "real Fly")
	err = remote.Write(w.ref("nobody:v1"), image(t, "amd64"), w.auth(w.fly.OrgToken()))
	require.ErrorContains(t, err, "create the app before its first image")
}

func contains(list, who string) bool {
	for _, x := range strings.Split(list, ", ") {
		if x == who {
			return true
		}
	}
	return false
}

// Carrying an image to the next app must not move its bytes through the client.
func TestAnImageIsCarriedToAnotherAppByMounting(t *testing.T) {
	w := open(t)
	w.app("web")
	w.app("stage")
	digest := w.push("web:v1", w.fly.OrgToken(), image(t, "amd64"))
	img, err := remote.Image(w.ref("web@"+digest), w.auth(w.fly.OrgToken()))
	require.NoError(t, err)
	watch := &counter{}
	require.NoError(t, remote.Write(w.ref("stage:carried"), img, w.auth(w.fly.OrgToken()), remote.WithTransport(watch)))
	require.Zero(t, watch.uploads, "blobs are mounted")
	tags, err := remote.List(w.ref("stage:carried").Context(), w.auth(w.fly.OrgToken()))
	require.NoError(t, err)
	require.Equal(t, []string{"carried"}, tags)
	d, err := remote.Head(w.ref("stage:carried"), w.auth(w.fly.OrgToken()))
	require.NoError(t, err)
	require.Equal(t, digest, d.Digest.String())
}

type counter struct{ uploads int }

func (c *counter) RoundTrip(r *http.Request) (*http.Response, error) {
	if r.Method == http.MethodPatch {
		c.uploads++
	}
	return http.DefaultTransport.RoundTrip(r)
}

func TestStatementsAboutAnImageAreFound(t *testing.T) {
	w := open(t)
	w.app("web")
	img := image(t, "amd64")
	digest := w.push("web:v1", w.fly.OrgToken(), img)
	subject, err := remote.Head(w.ref("web@"+digest), w.auth(w.fly.OrgToken()))
	require.NoError(t, err)
	statement := mutate.Subject(mutate.ConfigMediaType(empty.Image, "application/vnd.test.statement"), *subject).(v1.Image)
	d, err := statement.Digest()
	require.NoError(t, err)
	require.NoError(t, remote.Write(w.ref("web@"+d.String()), statement, w.auth(w.fly.OrgToken())))
	ix, err := remote.Referrers(w.ref("web@"+digest).(name.Digest), w.auth(w.fly.OrgToken()))
	require.NoError(t, err)
	found, err := ix.IndexManifest()
	require.NoError(t, err)
	require.Len(t, found.Manifests, 1)
	require.Equal(t, d, found.Manifests[0].Digest)
	require.Equal(t, "application/vnd.test.statement", found.Manifests[0].ArtifactType)
}

func TestImagesOutliveTheProgram(t *testing.T) {
	dir := t.TempDir()
	w := open(t, withState(dir))
	w.app("web")
	digest := w.push("web:v1", w.fly.OrgToken(), image(t, "amd64"))
	text := w.fly.OrgToken()
	w.fly.Close()
	w = open(t, withState(dir))
	require.Equal(t, text, w.fly.OrgToken(), "tokens too")
	d, err := remote.Head(w.ref("web:v1"), w.auth(text))
	require.NoError(t, err)
	require.Equal(t, digest, d.Digest.String())
}
