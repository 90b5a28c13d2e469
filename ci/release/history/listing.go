package history

import (
	"cmp"
	"encoding/json"
	"fmt"
	"strings"
	"text/tabwriter"
)

// ListingVersion is the version of the JSON form of a Listing.
const ListingVersion = 1

// A Listing is what a person reads of an environment's releases.
type Listing struct {
	Fly, Stage, App string
	Releases        []Release
	Running         string // the digest of the image that the machines run; empty: none, several, or not known
	NotKnown        string // why Running is empty
}

// String is a table with a line for each release, the newest first. The release whose image runs now has a star.
func (l Listing) String() string {
	var b strings.Builder
	fmt.Fprintf(&b, "fly: %s\n%s (%s)", l.Fly, l.Stage, l.App)
	if len(l.Releases) == 0 {
		return b.String() + " has no release yet"
	}
	if l.NotKnown != "" {
		fmt.Fprintf(&b, ": which release runs is not known: %s", l.NotKnown)
	} else {
		b.WriteString(", * runs now")
	}
	b.WriteString("\n")
	w := tabwriter.NewWriter(&b, 0, 0, 2, ' ', 0)
	fmt.Fprintln(w, "  RELEASE\tSTATUS\tDIGEST\tCREATED\tBY")
	for _, r := range newestFirst(l.Releases) {
		fmt.Fprintf(w, "%s %d\t%s\t%s\t%s\t%s\n", l.mark(r), r.Version, r.Status, short(r.digest()), r.Created.UTC().Format("2006-01-02 15:04 MST"), cmp.Or(r.By, "-"))
	}
	_ = w.Flush() // a strings.Builder returns no error
	return strings.TrimSuffix(b.String(), "\n")
}

// short is the beginning of a digest, enough for rollback --to.
func short(digest string) string { return cmp.Or(digest[:min(19, len(digest))], "-") }

func (l Listing) mark(r Release) string {
	if l.runs(r) {
		return "*"
	}
	return " "
}

// runs reports whether a release is the newest successful one of the image that runs.
func (l Listing) runs(r Release) bool {
	for _, other := range newestFirst(l.Releases) {
		if other.Status == Complete && other.digest() != "" && other.digest() == l.Running {
			return other.Version == r.Version
		}
	}
	return false
}

// JSON is the list as an object.
func (l Listing) JSON() []byte {
	type row struct {
		Release int    `json:"release"`
		Status  string `json:"status"`
		Digest  string `json:"digest"`
		Image   string `json:"image"`
		Created string `json:"created"`
		By      string `json:"by"`
		Running bool   `json:"running"`
	}
	rows := []row{}
	for _, r := range newestFirst(l.Releases) {
		rows = append(rows, row{r.Version, r.Status, r.digest(), r.Image, r.Created.UTC().Format("2006-01-02T15:04:05Z"), r.By, l.runs(r)})
	}
	text, err := json.MarshalIndent(struct {
		Version  int    `json:"version"` // ListingVersion
		Fly      string `json:"fly"`
		Stage    string `json:"stage"`
		App      string `json:"app"`
		Running  string `json:"running"`             // the digest that runs; empty: see not_known
		NotKnown string `json:"not_known,omitempty"` // why running is empty
		Releases []row  `json:"releases"`
	}{ListingVersion, l.Fly, l.Stage, l.App, l.Running, l.NotKnown, rows}, "", "  ")
	if err != nil {
		panic(err) // text and numbers can always be written
	}
	return text
}
