package registry

import (
	"encoding/json"
	"fmt"
)

// document has the fields of manifests and indexes that this registry reads.
type document struct {
	MediaType    string            `json:"mediaType"`
	ArtifactType string            `json:"artifactType"`
	Config       descriptor        `json:"config"`
	Layers       []descriptor      `json:"layers"`
	Manifests    []descriptor      `json:"manifests"`
	Subject      *descriptor       `json:"subject"`
	Annotations  map[string]string `json:"annotations"`
}

type descriptor struct {
	MediaType string   `json:"mediaType"`
	Digest    string   `json:"digest"`
	Size      int64    `json:"size"`
	URLs      []string `json:"urls"`
	Platform  *struct {
		OS   string `json:"os"`
		Arch string `json:"architecture"`
	} `json:"platform"`
}

// Image is an image a machine can run.
type Image struct {
	Digest   string // of the index, if the reference is to one
	Size     int64  // compressed
	Labels   map[string]string
	Manifest string
}

// PlatformError is the error of an image that is not for linux/amd64, the only platform of Fly.
type PlatformError struct{ Ref, Has string }

func (e *PlatformError) Error() string {
	return fmt.Sprintf("image %s is for %s: Fly runs linux/amd64 only, build it with --platform linux/amd64", e.Ref, e.Has)
}

// Find returns the image of a tag or digest, and reports whether there is one.
func (r *Registry) Find(repo, ref string) (Image, bool, error) {
	digest, ok := r.resolve(repo, ref)
	if !ok {
		return Image{}, false, nil
	}
	m, data, err := r.read(digest)
	if err != nil {
		return Image{}, false, err
	}
	img := Image{Digest: digest, Manifest: string(data)}
	if len(m.Manifests) > 0 {
		if m, err = r.forFly(repo+"@"+digest, m); err != nil {
			return img, true, err
		}
	}
	var cfg struct {
		OS     string `json:"os"`
		Arch   string `json:"architecture"`
		Config struct {
			Labels map[string]string `json:"Labels"`
		} `json:"config"`
	}
	data, err = r.bytesOf(m.Config.Digest)
	if err != nil || json.Unmarshal(data, &cfg) != nil {
		return img, true, fmt.Errorf("image %s@%s is not a container image: its config cannot be read", repo, digest)
	}
	if cfg.OS != "linux" || cfg.Arch != "amd64" {
		return img, true, &PlatformError{repo + "@" + digest, cfg.OS + "/" + cfg.Arch}
	}
	img.Labels, img.Size = cfg.Config.Labels, m.Config.Size
	for _, l := range m.Layers {
		img.Size += l.Size
	}
	return img, true, nil
}

// forFly returns the manifest of an index that is for linux/amd64.
func (r *Registry) forFly(ref string, index document) (document, error) {
	has := ""
	for _, d := range index.Manifests {
		p := d.Platform
		if p == nil || p.OS == "unknown" {
			continue
		}
		if has += " " + p.OS + "/" + p.Arch; p.OS == "linux" && p.Arch == "amd64" {
			m, _, err := r.read(d.Digest)
			if err == nil && len(m.Manifests) > 0 {
				err = &PlatformError{ref, "an index of indexes, of" + has}
			}
			return m, err
		}
	}
	return document{}, &PlatformError{ref, "only" + has}
}

func (r *Registry) read(digest string) (document, []byte, error) {
	var m document
	if !digestForm.MatchString(digest) {
		return m, nil, fmt.Errorf("not a sha256 digest: %q", digest)
	}
	data, err := r.bytesOf(digest)
	if err != nil {
		return m, nil, fmt.Errorf("read manifest %s: %w", digest, err)
	}
	return m, data, json.Unmarshal(data, &m)
}
