package deploy

import (
	"fmt"
	"strings"
	"text/template"
)

// String is the report for a terminal, its first line naming the Fly.
func (r Report) String() string { return fill(reportText, r) }

// Markdown is the report for a job's summary or a pull request.
func (r Report) Markdown() string { return fill(reportMarkdown, r) }

var reportText = page(`fly        {{.Fly}}
stage      {{.Stage}}
app        {{.App}}
image      {{.Image}}{{with .SizeMB}} ({{printf "%.1f" .}} MB compressed){{end}}
status     {{.Status}}
done       {{.Done}}
{{with .Note}}note       {{indent .}}
{{end}}{{with .Command}}command    {{.}}
{{end}}machines   {{len .Machines}}, healthy {{.Healthy}}
{{with .Migration}}migration  {{.}}
{{end}}url        {{.URL}}
seconds    {{printf "%.1f" .Seconds}}{{with .Steps}} ({{steps .}}){{end}}
{{with .Error}}error      {{indent .}}
{{end}}`)

var reportMarkdown = page(`### {{if .Error}}❌{{else if .Good}}✅{{else}}⏳{{end}} {{.Stage}}: {{.Status}}

{{.Done}}{{with .Note}}

> {{.}}{{end}}

| | |
| --- | --- |
| Fly | {{.Fly}} |
| app | [{{.App}}]({{.URL}}) |
| image | ` + "`{{.Image}}`" + `{{with .SizeMB}} ({{printf "%.1f" .}} MB compressed){{end}} |
{{with .Release}}| release | {{.}} |
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

func fill(t *template.Template, data any) string {
	var b strings.Builder
	if err := t.Execute(&b, data); err != nil {
		panic(err) // the template and its type stand side by side
	}
	return b.String()
}
