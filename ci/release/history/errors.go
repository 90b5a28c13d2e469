package history

import (
	"fmt"
	"strings"
)

// NoneError is that there is nothing to go back to.
type NoneError struct {
	Wanted  string // a digest that somebody named
	Running string // or, when nobody did, the one that runs
	Good    []Release
}

var _ interface{ Hint() string } = (*NoneError)(nil)

func (e *NoneError) Error() string {
	if e.Wanted != "" {
		return fmt.Sprintf("go back to %s: no release with that digest came to its end here", e.Wanted)
	}
	return fmt.Sprintf("go back from %s: no other digest ran well before it", e.Running)
}

// Hint lists what there is.
func (e *NoneError) Hint() string {
	if len(e.Good) == 0 {
		return "No release of this app has come to its end, or none that names its image by digest."
	}
	return "Those that ran well, for --to:\n" + list(e.Good)
}

func list(releases []Release) string {
	var b strings.Builder
	for _, r := range releases {
		fmt.Fprintf(&b, "  %s  release %d, %s\n", r.digest(), r.Version, r.Created.UTC().Format("2006-01-02 15:04 MST"))
	}
	return strings.TrimSuffix(b.String(), "\n")
}
