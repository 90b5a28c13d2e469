package compatibility

import (
	"fmt"
	"strings"
	"text/template"
)

// String is the report for a terminal: the images, the trials and the verdict.
func (r Report) String() string {
	var b strings.Builder
	if err := text.Execute(&b, r); err != nil {
		panic(err) // the template fits its type
	}
	return strings.TrimRight(b.String(), "\n")
}

var text = template.Must(template.New("").Parse(
	`new image       {{.New}}{{range .Added}}
  adds          {{.}}{{end}}{{with .Previous}}
previous image  {{.}}{{end}}
{{with .PreviousOnNew}}the previous image on the new schema: {{.}}
{{end}}{{with .NewOnPrevious}}the new image on the previous schema: {{.}}
{{end}}rollback: {{.Verdict}}
{{if and .Reasons .LookedUp}}to reproduce with this previous image: dagger call compatibility --previous {{.Previous.Name}}
{{end}}`))

// LookedUp is whether a stage was asked for the previous image: another call may get another answer.
func (r Report) LookedUp() bool { return r.Previous != nil && r.Previous.From != flag }

// Verdict is whether a rollback is safe, in words.
func (r Report) Verdict() string {
	switch {
	case r.RollbackSafe == nil && r.FirstRelease:
		return "none, this is the first release"
	case r.NotChecked != "":
		return "not checked"
	case r.RollbackSafe == nil:
		return "could not be checked"
	case *r.RollbackSafe:
		return "safe"
	}
	return "not safe"
}

// String names an image and counts its migrations.
func (i Image) String() string {
	s := fmt.Sprintf("%s, %s", i.Name, i.From)
	switch len(i.Migrations) {
	case 0:
		return s
	case 1:
		return s + ", 1 migration"
	}
	return fmt.Sprintf("%s, %d migrations", s, len(i.Migrations))
}

// String is the result of a trial, with its last lines unless it passed.
func (t Trial) String() string {
	s := fmt.Sprintf("%s, %.1f s", t.Result, t.Seconds)
	if t.Result == Passed {
		return s
	}
	return s + ": " + t.Why + "\n  | " + strings.Join(t.Last, "\n  | ")
}
