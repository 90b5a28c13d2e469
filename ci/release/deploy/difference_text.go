package deploy

import (
	"encoding/json"
	"fmt"
	"strings"
	"text/template"
)

// SecretsReport is the difference of a stage's secrets as it is told.
type SecretsReport struct {
	Version int        `json:"version"` // ReportVersion
	Fly     string     `json:"fly"`
	Stage   string     `json:"stage"`
	App     string     `json:"app"`
	Missing []string   `json:"missing,omitempty"` // required and not given: a deploy would be refused
	Secrets Difference `json:"secrets"`
}

// String is the report for a terminal.
func (r SecretsReport) String() string { return fill(secretsText, r) }

// JSON is the report for programs.
func (r SecretsReport) JSON() []byte {
	text, err := json.MarshalIndent(r, "", "  ")
	if err != nil {
		panic(err) // strings
	}
	return append(text, '\n')
}

var secretsText = template.Must(template.New("").Funcs(template.FuncMap{"join": joined}).Parse(
	`fly        {{.Fly}}
stage      {{.Stage}}
app        {{.App}}
{{with .Missing}}missing    {{join .}}: required and not given, a deploy would be refused
{{end}}secrets    {{.Secrets.Summary}}
{{.Secrets}}`))

func joined(names []string) string { return strings.Join(names, ", ") }

// kinds are the lists of a difference, in the order and in the words in which they are told.
func (d Difference) kinds() []struct {
	word  string
	names []string
	means string
} {
	return []struct {
		word  string
		names []string
		means string
	}{
		{"added", d.Added, ""},
		{"changed", d.Changed, ""},
		{"unclear", d.Unclear, "at least one of them has changed; which one is known only with the token of the last deploy"},
		{"removed", d.Removed, ""},
		{"unchanged", d.Unchanged, ""},
		{"left", d.Left, "on Fly and declared, not given: they stay, --prune removes them"},
		{"undeclared", d.Undeclared, "on Fly and not declared for it: left alone"},
		{"not sent", d.Unsent, "given and not declared"},
		{"staged", d.Staged, "on Fly, and some machine was launched without or with another value: a deploy updates it"},
	}
}

// Summary counts what would be written.
func (d Difference) Summary() string {
	var parts []string
	for _, kind := range d.kinds()[:5] {
		if n := len(kind.names); n > 0 {
			parts = append(parts, fmt.Sprintf("%d %s", n, kind.word))
		}
	}
	switch {
	case len(parts) == 0:
		return "none given"
	case d.Nothing():
		return strings.Join(parts, ", ") + ": nothing to write"
	}
	return strings.Join(parts, ", ")
}

// String is a line for each list that is not empty.
func (d Difference) String() string {
	var b strings.Builder
	for _, kind := range d.kinds() {
		if len(kind.names) == 0 {
			continue
		}
		fmt.Fprintf(&b, "  %-10s %s", kind.word, joined(kind.names))
		if kind.means != "" {
			fmt.Fprintf(&b, " (%s)", kind.means)
		}
		b.WriteByte('\n')
	}
	return b.String()
}
