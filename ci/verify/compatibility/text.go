package compatibility

import (
	"fmt"
	"strings"
	"text/template"
)

// String is the report for a terminal: the two images, the two trials, what it means.
func (r Report) String() string {
	var b strings.Builder
	if err := text.Execute(&b, r); err != nil {
		panic(err) // the template and its type stand side by side
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
{{if and .Reasons .Asked}}with this previous image: dagger call compatibility --previous {{.Previous.Name}}
{{end}}`))

// Asked says whether the previous image was looked up, so that another call may find another one.
func (r Report) Asked() bool { return r.Previous != nil && r.Previous.From != flag }

// Verdict is whether it can be gone back, in words.
func (r Report) Verdict() string {
	switch {
	case r.RollbackSafe == nil && r.FirstRelease:
		return "nothing to go back to"
	case r.RollbackSafe == nil:
		return "not checked"
	case *r.RollbackSafe:
		return "safe"
	}
	return "not safe"
}

// String names an image and counts what it ships.
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

// String is how a trial ended, with its last lines unless it worked.
func (t Trial) String() string {
	s := fmt.Sprintf("%s, %.1f s", t.Result, t.Seconds)
	if t.Result == Passed {
		return s
	}
	return s + ": " + t.Why + "\n  | " + strings.Join(t.Last, "\n  | ")
}
