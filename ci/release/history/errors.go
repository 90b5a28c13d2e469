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
		return fmt.Sprintf("no successful release of this app has the image %q. Give a digest (rollback accepts no tag)", e.Wanted)
	}
	return fmt.Sprintf("no successful release of another image is older than the image that runs, %s", e.Running)
}

// Hint lists the successful releases.
func (e *NoneError) Hint() string {
	if len(e.Good) == 0 {
		return "This app has no successful release that names its image by digest: deploy or promote an image instead."
	}
	return "Successful releases you can go back to (* runs now):\n" + e.list()
}

// list returns the successful releases with a mark at the one whose image runs, where that is known.
func (e *NoneError) list() string { return list(e.Good, e.Running) }

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
