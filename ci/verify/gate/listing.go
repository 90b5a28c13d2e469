package gate

import (
	"crypto/sha256"
	"fmt"
	"maps"
	"slices"
	"strings"
	"text/tabwriter"

	"github.com/renewa/pipeline/ci/config/pipeline"
	"github.com/renewa/pipeline/ci/verify/check"
)

// A Dependence is all that makes a step run again.
type Dependence struct {
	Check pipeline.Check
	Files string // the digest of the files it reads
	Count int    // of them
	Pins  map[string]string
	Gap   string // why it is not known
}

// Key is the same as long as nothing changed that the step depends on.
func (d Dependence) Key() string {
	return fmt.Sprintf("%x", sha256.Sum256([]byte(d.Files+"\n"+check.Names(d.Check, d.Pins))))[:12]
}

// A Listing is the steps of ci before any of them runs.
type Listing []Dependence

// String is a table, a line for each step.
func (l Listing) String() string {
	var b strings.Builder
	w := tabwriter.NewWriter(&b, 0, 0, 2, ' ', 0)
	fmt.Fprintln(w, "step\tkey\tfiles\tpins\talone")
	for _, d := range l {
		if d.Gap != "" {
			fmt.Fprintf(w, "%s\tnot known\t\t%s\t%s\n", d.Check.Name, d.Gap, check.Alone(d.Check.Name))
			continue
		}
		fmt.Fprintf(w, "%s\t%s\t%d\t%s\t%s\n", d.Check.Name, d.Key(), d.Count, strings.Join(pins(d.Pins), ", "), check.Alone(d.Check.Name))
	}
	_ = w.Flush() // memory takes all that is written
	return b.String()
}

func pins(values map[string]string) []string {
	var list []string
	for _, name := range slices.Sorted(maps.Keys(values)) {
		list = append(list, name+" "+values[name])
	}
	return list
}
