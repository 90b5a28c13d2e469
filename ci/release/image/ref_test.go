package image_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/renewa/pipeline/ci/release/image"
)

var digest = "sha256:" + strings.Repeat("0123456789abcdef", 4)

func TestAReferenceByDigestIsParsed(t *testing.T) {
	for reason, c := range map[string]struct{ in, host, repository string }{
		"Fly's registry":                   {"registry.fly.io/renewa-app@" + digest, "registry.fly.io", "renewa-app"},
		"a registry on this machine":       {"localhost:4280/renewa-app@" + digest, "localhost:4280", "renewa-app"},
		"localhost without a port":         {"localhost/renewa-app@" + digest, "localhost", "renewa-app"},
		"a path of several parts":          {"ghcr.io/renewa/pipeline/app@" + digest, "ghcr.io", "renewa/pipeline/app"},
		"a tag before the digest drops":    {"localhost:4280/renewa-app:v1@" + digest, "localhost:4280", "renewa-app"},
		"Docker Hub's short path is whole": {"docker.io/postgres@" + digest, "docker.io", "library/postgres"},
		"Docker Hub's other name":          {"index.docker.io/library/postgres@" + digest, "docker.io", "library/postgres"},
	} {
		t.Run(reason, func(t *testing.T) {
			ref, err := image.Parse(c.in)
			if err != nil {
				t.Fatal(err)
			}
			if ref.Host() != c.host || ref.Repository() != c.repository || ref.Digest() != digest {
				t.Errorf("got %q %q %q", ref.Host(), ref.Repository(), ref.Digest())
			}
			if want := c.host + "/" + c.repository + "@" + digest; ref.String() != want {
				t.Errorf("String is %q, want %q", ref, want)
			}
		})
	}
}

func TestAnythingButADigestIsRefused(t *testing.T) {
	for reason, in := range map[string]string{
		"nothing":                  "",
		"an algorithm not in use":  "registry.fly.io/app@sha512:" + strings.Repeat("ab", 64),
		"a digest cut short":       "registry.fly.io/app@" + digest[:70],
		"a digest too long":        "registry.fly.io/app@" + digest + "0",
		"a digest in upper case":   "registry.fly.io/app@" + strings.ToUpper(digest),
		"digits that are not hex":  "registry.fly.io/app@sha256:" + strings.Repeat("g", 64),
		"an empty digest":          "registry.fly.io/app@",
		"two digests":              "registry.fly.io/app@" + digest + "@" + digest,
		"no registry":              "renewa-app@" + digest,
		"a user instead of a host": "renewa/app@" + digest,
		"no repository":            "registry.fly.io/@" + digest,
		"a repository in capitals": "registry.fly.io/App@" + digest,
		"a space":                  "registry.fly.io/ app@" + digest,
		"a scheme":                 "https://registry.fly.io/app@" + digest,
	} {
		if ref, err := image.Parse(in); err == nil || !ref.IsZero() {
			t.Errorf("%s: Parse(%q) = %v, %v", reason, in, ref, err)
		}
	}
}

func TestATagIsRefusedWithAdvice(t *testing.T) {
	for reason, in := range map[string]string{
		"a tag":                  "registry.fly.io/renewa-app:v1",
		"latest, implied":        "registry.fly.io/renewa-app",
		"a tag on a port's host": "localhost:4280/renewa-app:v1",
	} {
		_, err := image.Parse(in)
		var tag *image.TagError
		if !errors.As(err, &tag) || tag.Image != in || !strings.Contains(tag.Hint(), "@sha256:") {
			t.Errorf("%s: got %v", reason, err)
		}
	}
}

func TestTheSameImageInAnotherPlaceKeepsItsDigest(t *testing.T) {
	ref, err := image.Parse("localhost:4280/renewa-app@" + digest)
	if err != nil {
		t.Fatal(err)
	}
	moved := ref.On("registry.fly.io", "renewa-app-staging")
	if want := "registry.fly.io/renewa-app-staging@" + digest; moved.String() != want {
		t.Errorf("got %q, want %q", moved, want)
	}
	if back := moved.On("localhost:4280", "renewa-app"); back != ref {
		t.Errorf("there and back is %q, want %q", back, ref)
	}
	for reason, place := range map[string][2]string{
		"no host":                    {"", "app"},
		"no repository":              {"registry.fly.io", ""},
		"a tag in the repository":    {"registry.fly.io", "app:v1"},
		"a digest in the repository": {"registry.fly.io", "app@" + digest},
	} {
		if got := ref.On(place[0], place[1]); !got.IsZero() {
			t.Errorf("%s: got %q, want the zero Ref", reason, got)
		}
	}
	if got := (image.Ref{}).On("registry.fly.io", "app"); !got.IsZero() {
		t.Errorf("no image was moved to %q", got)
	}
}

func TestTheZeroRefNamesNothing(t *testing.T) {
	var ref image.Ref
	if !ref.IsZero() || ref.String() != "" || ref.Short() != "" || ref.Digest() != "" {
		t.Errorf("got %q", ref)
	}
}

func TestARefSurvivesJSONAndIsCheckedAgain(t *testing.T) {
	type plan struct{ From, To image.Ref }
	ref, _ := image.Parse("registry.fly.io/renewa-app@" + digest)
	text, err := json.Marshal(plan{From: ref})
	if err != nil {
		t.Fatal(err)
	}
	var read plan
	if err := json.Unmarshal(text, &read); err != nil || read.From != ref || !read.To.IsZero() {
		t.Errorf("%s became %v, %v", text, read, err)
	}
	if err := json.Unmarshal([]byte(`{"From":"registry.fly.io/app:v1"}`), &read); err == nil {
		t.Error("a tag came in through JSON")
	}
}

func ExampleParse() {
	ref, _ := image.Parse("localhost:4280/renewa-app:v1@sha256:0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef")
	fmt.Println(ref.Short())
	fmt.Println(ref.On("registry.fly.io", "renewa-app-staging").Host())

	_, err := image.Parse("registry.fly.io/renewa-app:v1")
	fmt.Println(err)
	// Output:
	// renewa-app@sha256:0123456789ab
	// registry.fly.io
	// image "registry.fly.io/renewa-app:v1" is refused: a tag can move to another image after the test
}

func FuzzParse(f *testing.F) {
	f.Add("registry.fly.io/renewa-app@" + digest)
	f.Add("localhost:4280/a/b:v1@" + digest)
	f.Add("docker.io/postgres@" + digest)
	f.Fuzz(func(t *testing.T, s string) {
		ref, err := image.Parse(s)
		if err != nil {
			if !ref.IsZero() {
				t.Fatalf("an error came with %q", ref)
			}
			return
		}
		again, err := image.Parse(ref.String())
		if err != nil || again != ref {
			t.Fatalf("%q reads as %q, then as %q, %v", s, ref, again, err)
		}
	})
}
