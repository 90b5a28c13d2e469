package delivery_test

import (
	"maps"
	"strings"
	"testing"

	"github.com/google/go-containerregistry/pkg/v1/mutate"
	"github.com/stretchr/testify/require"

	"github.com/renewa/pipeline/ci/release/delivery"
	"github.com/renewa/pipeline/ci/release/registry"
)

func TestAnImageBuiltElsewhereIsDeployedByItsDigest(t *testing.T) {
	for reason, ref := range map[string]func(w *world) string{
		"in the app's own repository": func(w *world) string { return w.pushed("shop-dev").String() },
		"its digest alone":            func(w *world) string { return w.pushed("shop-dev").Digest() },
		"on the port of flylocal":     func(w *world) string { return w.pushed("shop-dev").On("localhost:4280", "shop-dev").String() },
		"of another app":              func(w *world) string { return w.pushed("base").String() },
	} {
		t.Run(reason, func(t *testing.T) {
			t.Parallel()
			w := open(t, "shop-dev", "base")
			elsewhere := ref(w)
			report, err := w.Deploy(t.Context(), "development", elsewhere, given)
			require.NoError(t, err)
			require.Zero(t, w.built, "nothing is built")
			require.Equal(t, w.digest(), w.runs("shop-dev"))
			require.Contains(t, report, "image       registry.fly.io/shop-dev@"+w.digest())
			require.Contains(t, report, "\ncommit      built elsewhere\n")
			last, err := w.Report(t.Context(), "development", "md")
			require.NoError(t, err)
			require.Contains(t, last, "| commit | built elsewhere |")
			status, err := w.Status(t.Context(), "text")
			require.NoError(t, err)
			require.Contains(t, status, w.digest()[len("sha256:"):][:12]+"  built elsewhere  1 ")
			again, err := w.Deploy(t.Context(), "development", elsewhere, given)
			require.NoError(t, err)
			require.Contains(t, again, "nothing changed")
		})
	}
}

func TestTheCommitOfAnImageIsThatOfItsLabel(t *testing.T) {
	w := open(t, "shop-dev")
	config, err := w.image.ConfigFile()
	require.NoError(t, err)
	config.Config.Labels = map[string]string{registry.RevisionLabel: strings.Repeat("4f0c", 10)}
	w.image, err = mutate.ConfigFile(w.image, config)
	require.NoError(t, err)
	report, err := w.Deploy(t.Context(), "development", w.pushed("shop-dev").String(), given)
	require.NoError(t, err)
	require.Contains(t, report, "\ncommit      "+strings.Repeat("4f0c", 10)+"\n")
	status, err := w.Status(t.Context(), "json")
	require.NoError(t, err)
	require.Contains(t, status, `"commit": "`+strings.Repeat("4f0c", 10)+`"`)
}

func TestAnImageBuiltElsewhereIsRefusedBeforeAnythingMoves(t *testing.T) {
	for reason, c := range map[string]struct {
		image func(w *world) string
		env   string
		want  []string
	}{
		"a tag, and no secrets, both at once": {
			image: func(*world) string { return "ghcr.io/acme/shop:1" },
			want:  []string{`--image is refused: image "ghcr.io/acme/shop:1" is refused: a tag can move to another image`, "no secrets were given for environment development"},
		},
		"a later environment": {
			env: "production", image: func(w *world) string { return w.pushed("shop-dev").String() },
			want: []string{"deploy to production is refused"},
		},
		"an image above the limit": {
			image: func(w *world) string { w.newImage(1_100_000); return w.pushed("base").String() },
			want:  []string{"the image has 1.1 MB compressed, max_size_mb in pipeline.toml allows 1: nothing was deployed"},
		},
		"an image that does not exist": {
			image: func(*world) string { return "registry.fly.io/base@" + other },
			want:  []string{"image registry.fly.io/base@" + other + " cannot be read, nothing was deployed"},
		},
		"an image for another platform": {
			image: func(w *world) string {
				config, err := w.image.ConfigFile()
				require.NoError(w, err)
				config.Architecture = "arm64"
				w.image, err = mutate.ConfigFile(w.image, config)
				require.NoError(w, err)
				return w.pushed("base").String()
			},
			want: []string{"is built for linux/arm64: Fly's machines run linux/amd64 only"},
		},
	} {
		t.Run(reason, func(t *testing.T) {
			w, secrets, env := open(t, "shop-dev", "base"), given, "development"
			if c.env != "" {
				env = c.env
			}
			if len(c.want) > 1 {
				secrets = delivery.Secrets{}
			}
			_, err := w.Deploy(t.Context(), env, c.image(w), secrets)
			for _, want := range c.want {
				require.ErrorContains(t, err, want)
			}
			all, err := w.client().Machines(t.Context(), "shop-dev")
			require.NoError(t, err)
			releases, err := w.client().History(t.Context(), "shop-dev")
			require.NoError(t, err)
			require.Zero(t, len(all)+len(releases)+w.built)
		})
	}
}

func TestAnAppWithoutADockerfileIsPlannedAndDeployedByImageAlone(t *testing.T) {
	files := maps.Clone(repository)
	delete(files, "Dockerfile")
	w := openWith(t, files, "shop-dev")
	plan, err := w.Plan(t.Context(), "development", given, delivery.Wanted{}, "text")
	require.NoError(t, err)
	require.NotEmpty(t, plan)
	require.Contains(t, w.lines, "no image is built from these sources: a deploy needs --image REF@sha256:…")
	for _, call := range []func() error{
		func() error { _, err := w.Deploy(t.Context(), "development", "", given); return err },
		func() error { _, err := w.Publish(t.Context()); return err },
	} {
		require.EqualError(t, call(), "build the image: Dockerfile does not exist, nothing was built or deployed")
	}
	ref := w.pushed("shop-dev")
	plan, err = w.Plan(t.Context(), "development", given, delivery.Wanted{Digest: ref.String()}, "json")
	require.NoError(t, err)
	require.Contains(t, plan, `"image": "`+ref.String()+`"`)
	_, err = w.Deploy(t.Context(), "development", ref.String(), given)
	require.NoError(t, err)

	files["Dockerfile"], files["fly.dev.toml"] = repository["Dockerfile"], repository["fly.dev.toml"]+"[build]\nimage = \"nginx:1\"\n"
	w = openWith(t, files, "shop-dev")
	_, err = w.Deploy(t.Context(), "development", "", given)
	require.ErrorContains(t, err, "fly.dev.toml:9: build.image: this image is built elsewhere")
	require.Zero(t, w.built)
}
