package step

import (
	"fmt"
	"strings"
	"text/template"
)

// Call is the command that runs one step by itself, and fails when the step does.
func Call(name string) string {
	if function := Function(name); function != "" {
		return "dagger call " + function
	}
	return "dagger call ci --only " + name
}

// String is the report for a terminal: one line when the step passed.
func (v Verdict) String() string {
	var b strings.Builder
	if err := text.Execute(&b, v); err != nil {
		panic(err) // the template fits its type
	}
	return b.String()
}

var text = template.Must(template.New("").Funcs(template.FuncMap{"call": Call, "tests": (*Tests).String}).Parse(
	`{{with .Headline}}{{.}}{{else}}{{.Step}} {{.Status}} in {{printf "%.1f" .Seconds}} s{{with .Tests}}: {{tests .}}{{end}}{{end}}
{{range .Reasons}}  {{.}}
{{end}}{{range .Notes}}  note: {{.}}
{{end}}{{with .Tests}}{{range .Failed}}  failed: {{.}}
{{end}}{{end}}{{range .Commands}}{{if .Last}}the last lines of {{if .Program}}{{.Program}}{{else}}` + "`{{.Run}}`" + `{{end}}:
{{range .Last}}  | {{.}}
{{end}}{{end}}{{end}}{{with .Details}}{{.}}
{{end}}{{if eq .Status "failed"}}to reproduce: {{call .Step}}{{.Flags}}
its results: dagger call step results --name {{.Step}} -o results
on another machine: dagger call step bundle --name {{.Step}} -o bundle
(with -m, --source and --git before the function, if this call had them)
{{end}}`))

// String counts the tests, those that failed and those that were skipped.
func (t *Tests) String() string {
	s := plural(t.Total, "test")
	if n := len(t.Failed); n > 0 {
		s += fmt.Sprintf(", %d failed", n)
	}
	if t.Skipped > 0 {
		s += fmt.Sprintf(", %d skipped", t.Skipped)
	}
	return s
}

func plural(n int, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	return fmt.Sprintf("%d %ss", n, noun)
}
