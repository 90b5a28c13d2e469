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
		panic(err) // the template fits its type
	}
	return b.String()
}

// Summary is the report in one line. What did not run comes first and has no count of findings.
func (r Report) Summary() string {
	result := "passed"
	if !r.Passed() {
		result = "failed"
	}
	s := fmt.Sprintf("%s %s: ", r.Name, result)
	if n := len(r.NotRun); n > 0 {
		s += count(n, "scanner") + " did not run"
		if len(r.Tools) == 0 {
			return s
		}
		s += "; the others: "
	}
	return s + r.counts()
}

// counts are the numbers of findings of the scanners that ran.
func (r Report) counts() string {
	s := fmt.Sprintf("%s of severity %s or worse", count(len(r.Of(Fails)), "finding"), r.Threshold)
	var passing []string
	for _, status := range []Status{Waived, Known, NoFix} {
		if n := len(r.Of(status)); n > 0 {
			passing = append(passing, fmt.Sprintf("%d %s", n, status))
		}
	}
	if n := len(r.Of(Below)); n > 0 {
		passing = append(passing, fmt.Sprintf("%d less severe", n))
	}
	if len(passing) > 0 {
		s += "; " + strings.Join(passing, ", ")
	}
	return s
}

// count is a number with its noun, where 0 is no.
func count(n int, noun string) string {
	switch n {
	case 0:
		return "no " + noun
	case 1:
		return "1 " + noun
	}
	return fmt.Sprintf("%d %ss", n, noun)
}

// Remarks are the database's age and what was not scanned: they belong to every report, whatever was found.
func (r Report) Remarks() []string {
	var lines []string
	if r.Database != nil {
		lines = append(lines, r.Database.Describe(r.At))
	}
	return append(lines, r.Notes...)
}

// Preamble are the first lines of every report: the tools, and the remarks.
func (r Report) Preamble() []string {
	var lines []string
	if len(r.Tools) > 0 {
		names := make([]string, len(r.Tools))
		for i, t := range r.Tools {
			names[i] = t.String()
		}
		by := "by "
		if len(r.NotRun) > 0 { // a scanner of several steps may have run in part
			by = "ran: "
		}
		lines = append(lines, by+strings.Join(names, ", "))
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
{{range .Places}}  where: {{.}}
{{end}}{{with .Why}}  why:   {{.}}
{{end}}{{with .Fix}}  fix:   {{.}}
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
waivers that match no finding: remove them
{{range .}}  {{.}}
{{end}}{{end}}`))

var markdown = template.Must(template.New("").Funcs(functions).Parse(`### {{.Summary}}
{{range .Preamble}}
{{.}}
{{end}}{{range .NotRun}}
**not run:** {{cell .}}
{{end}}{{with .Of "fails"}}
| severity | what | where | fix |
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
Waivers that match no finding, to be removed:
{{range .}}- {{.}}
{{end}}{{end}}`))

// Quiet are the statuses of the findings that pass.
func (r Report) Quiet() []Status {
	var list []Status
	for _, s := range []Status{Waived, Known, NoFix, Below} {
		if len(r.Of(s)) > 0 {
			list = append(list, s)
		}
	}
	return list
}
