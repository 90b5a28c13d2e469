package migration

import (
	"fmt"
	"strings"
	"text/tabwriter"
)

// String is the report for a terminal: checks, findings, locks.
func (r Report) String() string {
	var b strings.Builder
	w := tabwriter.NewWriter(&b, 0, 0, 2, ' ', 0)
	fmt.Fprintln(w, "check\tresult\tseconds\t")
	for _, c := range r.Checks {
		fmt.Fprintf(w, "%s\t%s\t%.1f\t%s\n", c.Name, c.Status, c.Seconds, c.Says)
	}
	_ = w.Flush() // a write to memory does not fail
	for _, f := range r.Findings {
		b.WriteString("\n" + f.String())
	}
	if len(r.Locks) > 0 {
		b.WriteString("\n" + r.locks())
	}
	return b.String()
}

// String is the finding for a terminal: its place and rules, the problem, why it matters, and what to do instead.
func (f Finding) String() string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s  %s\n  %s\n", f.Place(), strings.Join(f.Rules, ", "), indented(f.What))
	if f.Waived != "" {
		fmt.Fprintf(&b, "  waived:  %s\n", f.Waived)
		return b.String()
	}
	if f.Why != "" {
		fmt.Fprintf(&b, "  why:     %s\n", f.Why)
	}
	if f.Instead != "" {
		fmt.Fprintf(&b, "  instead: %s\n", f.Instead)
	}
	return b.String()
}

func indented(text string) string { return strings.ReplaceAll(strings.TrimSpace(text), "\n", "\n  ") }

// locks is a table of the locks that each migration held on tables that existed before it.
func (r Report) locks() string {
	var b strings.Builder
	w := tabwriter.NewWriter(&b, 0, 0, 2, ' ', 0)
	fmt.Fprintf(w, "with %d rows in each table\tseconds\ttable\tstrongest lock\n", r.Rows)
	for _, l := range r.Locks {
		table, mode := l.Table, l.Mode
		if mode == "" {
			table, mode = "-", "-"
		}
		if l.Sampled {
			mode += " (sampled)"
		}
		fmt.Fprintf(w, "%s\t%.2f\t%s\t%s\n", l.File, l.Seconds, table, mode)
	}
	_ = w.Flush() // a write to memory does not fail
	return b.String()
}
