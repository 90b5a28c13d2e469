package cloud

import "strings"

// Image is the image of a machine.
type Image struct {
	Registry   string            `json:"registry"`
	Repository string            `json:"repository"`
	Tag        string            `json:"tag,omitempty"`
	Digest     string            `json:"digest,omitempty"`
	Labels     map[string]string `json:"labels,omitempty"`
	Ref        string            `json:"ref"` // the reference that the host pulls
	Size       int64             `json:"size,omitempty"`
	Manifest   string            `json:"-"` // raw
}

// String returns the full reference of an image.
func (i Image) String() string {
	s := i.Registry + "/" + i.Repository
	if i.Tag != "" {
		s += ":" + i.Tag
	}
	if i.Digest != "" {
		s += "@" + i.Digest
	}
	return s
}

// SplitRef returns the parts of an image reference. A name without a host is from docker.io.
func SplitRef(ref string) (host, repository, tag, digest string) {
	ref, digest, _ = strings.Cut(ref, "@")
	host, repository = "docker.io", ref
	if first, rest, ok := strings.Cut(ref, "/"); ok && (strings.ContainsAny(first, ".:") || first == "localhost") {
		host, repository = first, rest
	}
	if i := strings.LastIndexByte(repository, ':'); i >= 0 {
		repository, tag = repository[:i], repository[i+1:]
	}
	if tag == "" && digest == "" {
		tag = "latest"
	}
	if host == "docker.io" && !strings.Contains(repository, "/") {
		repository = "library/" + repository
	}
	return host, repository, tag, digest
}
