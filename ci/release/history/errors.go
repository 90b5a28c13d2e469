package history

import (
	"fmt"
	"strings"
)

// NoneError is a rollback without a release to go back to.
type NoneError struct {
	Wanted  string    // the digest that was asked for; empty: none
	Running string    // without Wanted, the digest that runs
	Good    []Release // the successful releases
}

var _ interface{ Hint() string } = (*NoneError)(nil)

func (e *NoneError) Error() string {
	if e.Wanted != "" {
		return fmt.Sprintf("no successful release of this app has the image %s. Nothing was changed", e.Wanted)
	}
	return fmt.Sprintf("no rollback: no successful release of another image is older than the image that runs, %s. Nothing was changed", e.Running)
}

// Hint lists the successful releases.
func (e *NoneError) Hint() string { return choices(e.Good, e.Running) }

func choices(good []Release, running string) string {
	if len(good) == 0 {
		return "This app has no successful release that names its image by digest: deploy or promote an image instead."
	}
	if running == "" {
		return "Successful releases you can go back to:\n" + list(good, running)
	}
	return "Successful releases you can go back to (* runs now):\n" + list(good, running)
}

// NotADigestError is a wanted image that is no digest and no beginning of one, such as a tag.
type NotADigestError struct {
	Given string
	Good  []Release // the successful releases
}

var _ interface{ Hint() string } = (*NotADigestError)(nil)

func (e *NotADigestError) Error() string {
	return fmt.Sprintf("%q is no digest, and a tag may name another image today. Nothing was changed. Give sha256: and hex digits, or the first of them", e.Given)
}

// Hint lists the successful releases.
func (e *NotADigestError) Hint() string { return choices(e.Good, "") }

// AmbiguousError is a wanted image with which several digests begin.
type AmbiguousError struct {
	Given string
	Found []Release
}

func (e *AmbiguousError) Error() string {
	return fmt.Sprintf("several digests begin with %s. Nothing was changed. Give more of the digest:\n%s", e.Given, list(e.Found, ""))
}

// list returns releases with a mark at the one whose image runs, where that is known.
func list(releases []Release, running string) string {
	var b strings.Builder
	for _, r := range releases {
		mark := " "
		if r.digest() == running {
			mark = "*"
		}
		fmt.Fprintf(&b, "%s %s  release %d, %s\n", mark, r.digest(), r.Version, r.Created.UTC().Format("2006-01-02 15:04 MST"))
	}
	return strings.TrimSuffix(b.String(), "\n")
}
