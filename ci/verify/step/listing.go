package step

import (
	"crypto/sha256"
	"fmt"
	"maps"
	"slices"
	"strings"
	"text/tabwriter"

	"github.com/renewa/pipeline/ci/config/pipeline"
)

// A Dependence is everything that makes a step run again when it changes.
type Dependence struct {
	Check pipeline.Check
	Files string // the digest of all files that the step reads
	Count int    // of those files
	Pins  map[string]string
	Gap   string // why the dependence is not known
}

// Key stays the same as long as nothing changes that the step depends on.
func (d Dependence) Key() string {
	return fmt.Sprintf("%x", sha256.Sum256([]byte(d.Files+"\n"+Sums(d.Check, d.Pins))))[:12]
}

// A Listing is what all steps of ci depend on.
type Listing []Dependence

// String is a table with a line for each step.
func (l Listing) String() string {
	var b strings.Builder
	w := tabwriter.NewWriter(&b, 0, 0, 2, ' ', 0)
	fmt.Fprintln(w, "step\tkey\tfiles\tpins\tto run it alone")
	for _, d := range l {
		if d.Gap != "" {
			fmt.Fprintf(w, "%s\tnot known\t\t%s\t%s\n", d.Check.Name, d.Gap, Call(d.Check.Name))
			continue
		}
		fmt.Fprintf(w, "%s\t%s\t%d\t%s\t%s\n", d.Check.Name, d.Key(), d.Count, strings.Join(pinned(d.Pins), ", "), Call(d.Check.Name))
	}
	_ = w.Flush() // writing to memory never fails
	return b.String()
}

func pinned(values map[string]string) []string {
	var list []string
	for _, name := range slices.Sorted(maps.Keys(values)) {
		list = append(list, name+" "+values[name])
	}
	return list
}
