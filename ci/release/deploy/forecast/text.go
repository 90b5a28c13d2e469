package forecast

import (
	"fmt"
	"strings"
	"text/template"

	"github.com/dustin/go-humanize/english"

	"github.com/renewa/pipeline/ci/release/deploy/machine"
)

// String returns the forecast for a terminal. It omits the keys of new machines, which are those of fly.toml; JSON has
// them.
func (f Forecast) String() string {
	var b strings.Builder
	if err := text.Execute(&b, f); err != nil {
		panic(err) // a template of this package
	}
	return b.String()
}

var text = template.Must(template.New("").Funcs(template.FuncMap{
	"join":     func(names []string) string { return strings.Join(names, ", ") },
	"machines": func(ids []string) string { return english.Plural(len(ids), "machine", "") },
}).Parse(`fly         {{.Fly}}
environment {{.Stage}}
app         {{.App}}
image       {{or .Image "not built yet: the registry has no image of these sources"}}
{{if .Nothing}}plan        nothing to do: every machine is as requested
{{with .Later}}release     {{.}}: does not run now, but with the next deploy that changes something
{{end}}{{else}}{{with .Adopts}}adopts      {{machines .}} that another tool made: {{join .}}
{{end}}{{with .Stale}}first       destroy {{machines .}} that an earlier deploy left: {{join .}}
{{end}}secrets     {{.Secrets.Summary}}
{{.Secrets}}release     {{or .ReleaseCommand "no command"}}
strategy    {{.Strategy}}
machines    {{.Counts}}
{{range .Machines}}  {{if .Turn}}{{.Turn}}{{else}}-{{end}} {{.Action}} {{or .ID "a new machine"}} ({{.Group}}, {{.Region}}{{with .State}}, {{.}}{{end}}){{.Way}}{{if .Down}}: {{.Rest}}{{end}}
{{if .Secrets}}      ~ secrets
{{end}}{{if ne .Action "create"}}{{range .Changes}}      {{.}}
{{end}}{{end}}{{end}}{{end}}`))

// Way returns the image that a machine runs and the image that it gets; empty when they are the same.
func (m Machine) Way() string {
	to := short(m.To)
	switch {
	case m.Action == machine.Keep || m.Action == machine.Destroy || m.From == m.To:
		return ""
	case to == "":
		to = "the image to be built"
	}
	if m.From == "" {
		return " " + to
	}
	return " " + short(m.From) + " → " + to
}

// Rest describes a machine that the deploy does not start.
func (m Machine) Rest() string {
	switch m.Action {
	case machine.Create:
		return "a standby, made but not started"
	case machine.Update:
		return "asleep, gets the new version but is not started"
	}
	return "asleep"
}

// Counts returns the number of machines by action, in words.
func (f Forecast) Counts() string {
	by := map[machine.Action]int{}
	for _, m := range f.Machines {
		by[m.Action]++
	}
	var parts []string
	for _, a := range []machine.Action{machine.Update, machine.Create, machine.Destroy, machine.Keep} {
		if by[a] > 0 {
			parts = append(parts, fmt.Sprintf("%d to %s", by[a], a))
		}
	}
	if len(parts) == 0 {
		return "none"
	}
	return strings.Join(parts, ", ") + "; machines with the same number are replaced at the same time"
}

// short returns the last part of the repository and 12 digits of the digest.
func short(address string) string {
	name, digest, found := strings.Cut(address, "@sha256:")
	if !found {
		return address
	}
	return name[strings.LastIndex(name, "/")+1:] + "@" + digest[:min(12, len(digest))]
}
