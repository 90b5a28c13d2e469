// Package history finds the successful releases of an app in the list that Fly keeps.
package history

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/renewa/pipeline/ci/release/image"
)

// Complete is the status of a successful release.
const Complete = "complete"

// Release is one deployment of an app, as Fly keeps it.
type Release struct {
	ID         string
	Version    int             // counts up from 1
	Status     string          // pending, running, complete, failed, interrupted
	Image      string          // as its deployer named it; this pipeline names it by digest
	Definition json.RawMessage // the fly.toml it was made from, as JSON
	By         string          // owner of the token that made it
	Created    time.Time
}

// Over reports whether the release has ended.
func (r Release) Over() bool { return r.Status != "pending" && r.Status != "running" }

// digest is empty where the image was named by a tag, or not at all.
func (r Release) digest() string {
	ref, err := image.Parse(r.Image)
	if err != nil {
		return ""
	}
	return ref.Digest()
}

// Good are the successful releases, newest first, each digest once.
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

// Previous is the release to go back to from a running digest: the newest successful release before the first one of
// that digest. So a second rollback goes back another step instead of forward. From a digest without a successful
// release, it is the newest successful one.
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

// Find is the newest successful release of a digest. The beginning of a digest is enough when only one has it.
func Find(all []Release, digest string) (Release, error) {
	wanted := "sha256:" + strings.TrimPrefix(digest, "sha256:")
	var found []Release
	for _, r := range Good(all) {
		if strings.HasPrefix(r.digest(), wanted) {
			found = append(found, r)
		}
	}
	switch {
	case len(found) > 1 || wanted == "sha256:":
		return Release{}, fmt.Errorf("several digests begin with %q: give more of the digest\n%s", digest, list(found, ""))
	case len(found) == 0:
		return Release{}, &NoneError{Wanted: digest, Good: Good(all)}
	}
	return found[0], nil
}

// From are a release and all later ones, newest first.
func From(all []Release, first Release) []Release {
	return slices.DeleteFunc(newestFirst(all), func(r Release) bool { return r.Version < first.Version })
}

// Open are the releases of this pipeline that have not ended. Only this pipeline names images by digest.
func Open(all []Release) []Release {
	var open []Release
	for _, r := range newestFirst(all) {
		if !r.Over() && r.digest() != "" {
			open = append(open, r)
		}
	}
	return open
}

// Last is the newest release, also a failed one; without a release it is the zero Release.
func Last(all []Release) Release {
	if len(all) == 0 {
		return Release{}
	}
	return newestFirst(all)[0]
}

func newestFirst(all []Release) []Release {
	return slices.SortedFunc(slices.Values(all), func(a, b Release) int { return b.Version - a.Version })
}
