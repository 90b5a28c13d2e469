package registry

import (
	"bytes"
	"os"
	"slices"
)

// missing returns a blob of a manifest that the repository lacks.
func (r *Registry) missing(repo string, m document) string {
	for _, d := range slices.Concat(m.Layers, m.Manifests, []descriptor{m.Config}) {
		if d.Digest != "" && len(d.URLs) == 0 && !r.has(repo, d.Digest) {
			return d.Digest
		}
	}
	return ""
}

// resolve returns the digest of a tag or digest, and reports whether the repository has it.
func (r *Registry) resolve(repo, ref string) (string, bool) {
	if !digestForm.MatchString(ref) {
		if !tagForm.MatchString(ref) {
			return "", false
		}
		data, err := os.ReadFile(r.folder(repo, "tags", ref))
		if err != nil {
			return "", false
		}
		ref = string(bytes.TrimSpace(data))
	}
	_, err := os.Stat(r.folder(repo, "manifests", hexOf(ref)))
	return ref, err == nil
}

func (r *Registry) mediaType(repo, digest string) string {
	data, err := os.ReadFile(r.folder(repo, "manifests", hexOf(digest)))
	if err != nil || len(data) == 0 {
		return "application/vnd.oci.image.manifest.v1+json"
	}
	return string(data)
}
