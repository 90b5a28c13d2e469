package check

import (
	"fmt"
	"strings"
	"text/template"
)

// Alone is the command that runs one step by itself, and fails as it does.
func Alone(step string) string {
	switch step {
	case "lint", "typecheck", "unit", "end-to-end", "migrations", "compatibility", "trivy", "semgrep", "gitleaks", "audit", "image":
		return "dagger call " + step // these have a door of their own
	}
	return "dagger call ci --only " + step
}

// String is the report for a terminal: one line when it passed.
func (v Verdict) String() string {
	var b strings.Builder
	if err := text.Execute(&b, v); err != nil {
		panic(err) // the template and its type stand side by side
	}
	return b.String()
}

var text = template.Must(template.New("").Funcs(template.FuncMap{"alone": Alone, "tests": (*Tests).String}).Parse(
	`check {{.Check}} {{.Status}} in {{printf "%.1f" .Seconds}} s{{with .Tests}}: {{tests .}}{{end}}
{{range .Reasons}}  {{.}}
{{end}}{{range .Notes}}  note: {{.}}
{{end}}{{with .Tests}}{{range .Failed}}  failed: {{.}}
{{end}}{{end}}{{range .Commands}}{{if .Last}}the end of ` + "`{{.Run}}`" + `:
{{range .Last}}  | {{.}}
{{end}}{{end}}{{end}}{{with .Details}}{{.}}
{{end}}{{if eq .Status "failed"}}to reproduce: {{alone .Check}}{{.Flags}}
its results:  dagger call results --name {{.Check}} -o results
elsewhere:    dagger call bundle --name {{.Check}} -o bundle
{{end}}`))

// String is how many there were.
func (t *Tests) String() string {
	s := fmt.Sprintf("%d tests", t.Total)
	if t.Total == 1 {
		s = "1 test"
	}
	if n := len(t.Failed); n > 0 {
		s += fmt.Sprintf(", %d failed", n)
	}
	if t.Skipped > 0 {
		s += fmt.Sprintf(", %d skipped", t.Skipped)
	}
	return s
}
