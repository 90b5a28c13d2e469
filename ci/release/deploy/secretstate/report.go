package secretstate

import (
	"encoding/json"
	"strings"
	"text/template"
)

// Report has the difference of an environment's secrets, for a person or a program.
type Report struct {
	Version int        `json:"version"` // report.Version
	Fly     string     `json:"fly"`
	Stage   string     `json:"stage"`
	App     string     `json:"app"`
	Missing []string   `json:"missing,omitempty"` // required and not given: deploy refuses
	Secrets Difference `json:"secrets"`
}

// String returns the report for a terminal.
func (r Report) String() string {
	var b strings.Builder
	if err := text.Execute(&b, r); err != nil {
		panic(err) // a template of this package
	}
	return b.String()
}

// JSON returns the report for programs.
func (r Report) JSON() []byte {
	text, err := json.MarshalIndent(r, "", "  ")
	if err != nil {
		panic(err) // strings
	}
	return append(text, '\n')
}

var text = template.Must(template.New("").Funcs(template.FuncMap{
	"join": func(names []string) string { return strings.Join(names, ", ") },
}).Parse(`fly         {{.Fly}}
environment {{.Stage}}
app         {{.App}}
{{with .Missing}}missing     {{join .}}: required but not given, so deploy would refuse
{{end}}secrets     {{.Secrets.Summary}}
{{.Secrets}}`))
