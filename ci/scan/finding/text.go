package finding

import (
	"fmt"
	"strings"
	"text/template"
)

// String is the report for a terminal.
func (r Report) String() string { return render(text, r) }

// Markdown is the report for a pull request.
func (r Report) Markdown() string { return render(markdown, r) }

func render(t *template.Template, r Report) string {
	var b strings.Builder
	if err := t.Execute(&b, r); err != nil {
		panic(err) // the template and its type stand side by side
	}
	return b.String()
}

// Summary is the report in one line.
func (r Report) Summary() string {
	result := "passed"
	if !r.Passed() {
		result = "failed"
	}
	parts := []string{fmt.Sprintf("%d of severity %s or worse", len(r.Of(Fails)), r.Threshold)}
	for _, s := range []Status{Waived, Known, NoFix, Below} {
		if n := len(r.Of(s)); n > 0 {
			parts = append(parts, fmt.Sprintf("%d %s", n, s))
		}
	}
	switch n := len(r.NotRun); n {
	case 0:
	case 1:
		parts = append(parts, "1 scanner did not run")
	default:
		parts = append(parts, fmt.Sprintf("%d scanners did not run", n))
	}
	return fmt.Sprintf("%s %s: %s", r.Name, result, strings.Join(parts, ", "))
}

// Remarks are what its reader must know, whatever was found: how old the database is, what was not looked at.
func (r Report) Remarks() []string {
	var lines []string
	if r.Database != nil {
		lines = append(lines, r.Database.Told(r.At))
	}
	return append(lines, r.Notes...)
}

// Preamble are the lines that stand in every report: what looked, and the remarks.
func (r Report) Preamble() []string {
	var lines []string
	if len(r.Tools) > 0 {
		names := make([]string, len(r.Tools))
		for i, t := range r.Tools {
			names[i] = t.String()
		}
		lines = append(lines, "by "+strings.Join(names, ", "))
	}
	return append(lines, r.Remarks()...)
}

var functions = template.FuncMap{
	"join": func(list []string) string { return strings.Join(list, ", ") },
	"cell": func(text string) string { return strings.ReplaceAll(Normal(text), "|", `\|`) },
}

var text = template.Must(template.New("").Funcs(functions).Parse(`{{.Summary}}
{{range .Preamble}}{{.}}
{{end}}{{range .NotRun}}
not run: {{.}}
{{end}}{{range .Of "fails"}}
{{.Severity}}  {{.Subject}}  {{.Title}}
{{range .Places}}  in {{.}}
{{end}}{{with .Why}}  why: {{.}}
{{end}}{{with .Fix}}  do:  {{.}}
{{end}}{{with .Because}}  {{.}}
{{end}}  {{with .Link}}{{.}}, {{end}}fingerprint {{.Fingerprint}}, found by {{join .Tools}}
{{end}}{{with .Of "waived"}}
waived
{{range .}}  {{.Severity}}  {{.Subject}}  {{(index .Places 0)}}  {{.Because}}
{{end}}{{end}}{{with .Of "in the baseline"}}
in the baseline
{{range .}}  {{.Severity}}  {{.Subject}}  {{(index .Places 0)}}  {{.Fingerprint}}
{{end}}{{end}}{{with .Of "without a fix"}}
without a fix
{{range .}}  {{.Severity}}  {{.Subject}}  {{(index .Places 0)}}  {{.Title}}
{{end}}{{end}}{{with .Of "below the threshold"}}
below the threshold
{{range .}}  {{.Severity}}  {{.Subject}}  {{(index .Places 0)}}  {{.Title}}
{{end}}{{end}}{{with .Idle}}
waivers that match nothing: remove them
{{range .}}  {{.}}
{{end}}{{end}}`))

var markdown = template.Must(template.New("").Funcs(functions).Parse(`### {{.Summary}}
{{range .Preamble}}
{{.}}
{{end}}{{range .NotRun}}
**not run:** {{cell .}}
{{end}}{{with .Of "fails"}}
| severity | what | where | what to do |
| --- | --- | --- | --- |
{{range .}}| {{.Severity}} | {{with .Link}}[{{end}}{{cell .Subject}}{{with .Link}}]({{.}}){{end}}: {{cell .Title}}{{with .Because}}<br>{{cell .}}{{end}} | {{range $i, $p := .Places}}{{if $i}}<br>{{end}}` + "`{{cell $p.String}}`" + `{{end}} | {{cell .Fix}}<br>` + "`{{.Fingerprint}}`" + ` |
{{end}}{{end}}{{range $status := .Quiet}}
<details><summary>{{len ($.Of $status)}} {{$status}}</summary>

| severity | what | where | |
| --- | --- | --- | --- |
{{range $.Of $status}}| {{.Severity}} | {{cell .Subject}}: {{cell .Title}} | ` + "`{{cell (index .Places 0).String}}`" + ` | {{cell .Because}} |
{{end}}
</details>
{{end}}{{with .Idle}}
Waivers that match nothing, to be removed:
{{range .}}- {{.}}
{{end}}{{end}}`))

// Quiet are the statuses of findings that pass, as far as there are any.
func (r Report) Quiet() []Status {
	var list []Status
	for _, s := range []Status{Waived, Known, NoFix, Below} {
		if len(r.Of(s)) > 0 {
			list = append(list, s)
		}
	}
	return list
}
