package step

import (
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"text/tabwriter"
)

// A Dependence is everything that makes a step run again when it changes.
type Dependence struct {
	Check Check
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

// In returns the list as text or as json.
func (l Listing) In(format string) (string, error) {
	switch format {
	case "text":
		return l.String(), nil
	case "json":
		return l.JSON(), nil
	}
	return "", fmt.Errorf("unknown format %q: use text or json", format)
}

// String is a table with a line for each step, then the pins of each step and why a step's key is not known.
func (l Listing) String() string {
	var b strings.Builder
	w := tabwriter.NewWriter(&b, 0, 0, 2, ' ', 0)
	fmt.Fprintln(w, "step\tkey\tfiles\tto run it alone")
	for _, d := range l {
		row := d.row()
		files := strconv.Itoa(row.Files)
		if row.Unknown != "" {
			row.Key, files = "not known", "-"
		}
		fmt.Fprintf(w, "%s\t%s\t%s\t%s\n", row.Step, row.Key, files, row.Call)
	}
	fmt.Fprintln(w)
	for _, d := range l {
		if d.Gap != "" {
			why, _, _ := strings.Cut(d.Gap, "\n") // the way on is in the JSON
			fmt.Fprintf(w, "%s\tnot known\t%s\n", d.Check.Name, why)
		}
		for _, name := range slices.Sorted(maps.Keys(d.Pins)) {
			fmt.Fprintf(w, "%s\t%s\t%s\n", d.Check.Name, name, d.Pins[name])
		}
	}
	_ = w.Flush() // writing to memory never fails
	return b.String()
}

// JSON is an array with an object for each step.
func (l Listing) JSON() string {
	rows := make([]listed, len(l))
	for i, d := range l {
		rows[i] = d.row()
	}
	text, err := json.MarshalIndent(rows, "", "  ")
	if err != nil {
		panic(err) // text and numbers can always be written
	}
	return string(text)
}

// listed is a step in the JSON of a list.
type listed struct {
	Step    string            `json:"step"`
	Key     string            `json:"key,omitempty"`
	Files   int               `json:"files"`
	Pins    map[string]string `json:"pins,omitempty"`
	Call    string            `json:"call"`
	Unknown string            `json:"unknown,omitempty"` // why key and files are not known
}

func (d Dependence) row() listed {
	row := listed{Step: d.Check.Name, Pins: d.Pins, Call: Call(d.Check.Name), Unknown: d.Gap}
	if d.Gap == "" {
		row.Key, row.Files = d.Key(), d.Count
	}
	return row
}
