// Package history finds releases in the list that Fly keeps for an app, such as the one to roll back to.
package history

import (
	"encoding/json"
	"slices"
	"strings"
	"time"

	"github.com/renewa/pipeline/ci/release/image"
)

// Complete is the status of a successful release.
const Complete = "complete"

// Release is Fly's record of one deploy of an app.
type Release struct {
	ID         string
	Version    int             // counts up from 1
	Status     string          // pending, running, complete, failed, interrupted
	Image      string          // as the deploy named it; this pipeline names images by digest
	Definition json.RawMessage // the fly.toml of the release, as JSON
	By         string          // owner of the token that made the release
	Created    time.Time
}

// Over reports whether the release has ended.
func (r Release) Over() bool { return r.Status != "pending" && r.Status != "running" }

// digest returns the digest of the image; empty when the release names the image by tag or not at all.
func (r Release) digest() string {
	ref, err := image.Parse(r.Image)
	if err != nil {
		return ""
	}
	return ref.Digest()
}

// Good returns the successful releases, newest first, with each digest once.
func Good(all []Release) []Release {
	var good []Release
	for _, r := range newestFirst(all) {
		known := func(g Release) bool { return g.digest() == r.digest() }
		if r.Status == Complete && r.digest() != "" && !slices.ContainsFunc(good, known) {
			good = append(good, r)
		}
	}
	return good
}

// Previous returns the release to roll back to from a running digest: the newest successful release before the first
// successful one of that digest, so that a second rollback goes back another step instead of forward. For a digest
// without a successful release, Previous returns the newest successful release. The error is a *NoneError.
func Previous(all []Release, running string) (Release, error) {
	first := 0
	for _, r := range newestFirst(all) {
		if r.Status == Complete && r.digest() == running {
			first = r.Version
		}
	}
	earlier := slices.DeleteFunc(slices.Clone(all), func(r Release) bool { return first > 0 && r.Version >= first })
	if good := Good(earlier); len(good) > 0 {
		return good[0], nil
	}
	return Release{}, &NoneError{Running: running, Good: Good(all)}
}

// Find returns the newest successful release of a digest. The beginning of a digest is enough when only one digest begins
// with it; the help's form, with an ellipsis at the end, is a beginning too. The error is a *NotADigestError, a *NoneError
// or an *AmbiguousError.
func Find(all []Release, digest string) (Release, error) {
	begin := strings.TrimRight(strings.TrimPrefix(digest, "sha256:"), ".…")
	if begin == "" || strings.Trim(begin, "0123456789abcdef") != "" || len(begin) > 64 {
		return Release{}, &NotADigestError{Given: digest, Good: Good(all)}
	}
	var found []Release
	for _, r := range Good(all) {
		if strings.HasPrefix(r.digest(), "sha256:"+begin) {
			found = append(found, r)
		}
	}
	switch len(found) {
	case 0:
		return Release{}, &NoneError{Wanted: digest, Good: Good(all)}
	case 1:
		return found[0], nil
	}
	return Release{}, &AmbiguousError{Given: digest, Found: found}
}

// From returns a release and all later ones, newest first.
func From(all []Release, first Release) []Release {
	return slices.DeleteFunc(newestFirst(all), func(r Release) bool { return r.Version < first.Version })
}

// Open returns the releases of this pipeline that have not ended, newest first. It recognises them by the digest in the
// image's name, because other tools use tags.
func Open(all []Release) []Release {
	var open []Release
	for _, r := range newestFirst(all) {
		if !r.Over() && r.digest() != "" {
			open = append(open, r)
		}
	}
	return open
}

// Last returns the newest release, also a failed one; the zero Release when there is none.
func Last(all []Release) Release {
	if len(all) == 0 {
		return Release{}
	}
	return newestFirst(all)[0]
}

func newestFirst(all []Release) []Release {
	return slices.SortedFunc(slices.Values(all), func(a, b Release) int { return b.Version - a.Version })
}
