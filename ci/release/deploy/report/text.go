package report

import (
	"fmt"
	"strings"
	"text/template"
)

// String returns the report for a terminal.
func (r Report) String() string { return render(reportText, r) }

// Markdown returns the report for the summary of a job or for a pull request.
func (r Report) Markdown() string { return render(reportMarkdown, r) }

var reportText = page(`fly         {{.Fly}}
environment {{.Stage}}
app         {{.App}}
image       {{.Image}}{{with .SizeMB}} ({{printf "%.1f" .}} MB compressed){{end}}
{{with .Commit}}commit      {{.}}
{{end}}status      {{.Status}}
done        {{.Done}}
{{with .Note}}note        {{indent .}}
{{end}}{{with .Command}}command     {{.}}
{{end}}machines    {{len .Machines}}, healthy {{.Healthy}}{{with .Asleep}}, asleep {{.}} (with the new image, which was not started there and is untested){{end}}
{{with .Migration}}migration   {{.}}
{{end}}url         {{.URL}}
seconds     {{printf "%.1f" .Seconds}}{{with .Steps}} ({{steps .}}){{end}}
{{with .Error}}error       {{indent .}}
{{end}}`)

var reportMarkdown = page(`### {{if .Error}}❌{{else if .Good}}✅{{else}}⏳{{end}} {{.Stage}}: {{.Status}}

{{.Done}}{{with .Note}}

> {{.}}{{end}}

| | |
| --- | --- |
| Fly | {{.Fly}} |
| app | [{{.App}}]({{.URL}}) |
| image | ` + "`{{.Image}}`" + `{{with .SizeMB}} ({{printf "%.1f" .}} MB compressed){{end}} |
{{with .Commit}}| commit | {{cell .}} |
{{end}}{{with .Release}}| release | {{.}} |
{{end}}| strategy | {{.Strategy}} |
{{with .By}}| by | {{.}} |
{{end}}{{with .Command}}| release command | {{cell .String}} |
{{end}}{{with .Migration}}| migration | {{.}} |
{{end}}{{with .Secrets}}| secrets staged | {{join .}} |
{{end}}| seconds | {{printf "%.1f" .Seconds}}{{with .Steps}} ({{steps .}}){{end}} |
{{with .Machines}}
| machine | group | region | action | before | after | state |
| --- | --- | --- | --- | --- | --- | --- |
{{range .}}| {{.ID}} | {{.Group}} | {{.Region}} | {{.Action}} | {{short .Before}} | {{short .After}} | {{.State}}{{if .Healthy}}, healthy{{end}} |
{{end}}{{end}}{{with .Error}}
~~~~
{{.}}
~~~~
{{end}}`)

func page(text string) *template.Template {
	return template.Must(template.New("").Funcs(template.FuncMap{
		"indent": func(s string) string { return strings.ReplaceAll(s, "\n", "\n  ") },
		"join":   func(names []string) string { return strings.Join(names, ", ") },
		"cell":   strings.NewReplacer("|", `\|`, "\n", " ").Replace, // of a table
		"short":  func(digest string) string { return digest[:min(len(digest), len("sha256:")+12)] },
		"steps": func(list []Step) string {
			var parts []string
			for _, s := range list {
				parts = append(parts, fmt.Sprintf("%s %.1f", s.Name, s.Seconds))
			}
			return strings.Join(parts, ", ")
		},
	}).Parse(text))
}

func render(t *template.Template, data any) string {
	var b strings.Builder
	if err := t.Execute(&b, data); err != nil {
		panic(err) // a template of this package
	}
	return b.String()
}
