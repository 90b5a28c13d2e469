package deploy

import (
	"fmt"
	"strings"
	"text/template"
)

// String is the forecast for a terminal, its first line naming the Fly. A new machine is as fly.toml says:
// its keys stand in the JSON only.
func (f Forecast) String() string { return fill(forecastText, f) }

var forecastText = template.Must(template.New("").Funcs(template.FuncMap{
	"join": joined, "count": count, "short": shortImage,
}).Parse(`fly        {{.Fly}}
stage      {{.Stage}}
app        {{.App}}
image      {{or .Image "to be built: the registry has none for these inputs"}}
{{if .Nothing}}plan       nothing to do: every machine is as it should be
{{else}}{{with .Adopts}}adopts     {{count (len .) "machine"}} that this pipeline did not make: {{join .}}
{{end}}{{with .Stale}}first      {{count (len .) "machine"}} of an earlier run removed: {{join .}}
{{end}}secrets    {{.Secrets.Summary}}
{{.Secrets}}release    {{or .ReleaseCommand "no command"}}
strategy   {{.Strategy}}
machines   {{.Counts}}
{{range .Machines}}  {{if .Turn}}{{.Turn}}{{else}}-{{end}} {{.Action}} {{or .ID "a new machine"}} ({{.Group}}, {{.Region}}{{with .State}}, {{.}}{{end}}{{if .Down}}, stays down{{end}}){{.Way}}
{{if .Secrets}}      ~ secrets
{{end}}{{if ne .Action "create"}}{{range .Changes}}      {{.}}
{{end}}{{end}}{{end}}{{end}}`))

// Way is the image a machine has and the one it gets.
func (f Foreseen) Way() string {
	to := shortImage(f.To)
	switch {
	case f.Action == Keep || f.Action == Destroy || f.From == f.To:
		return ""
	case to == "":
		to = "the image to be built"
	}
	if f.From == "" {
		return " " + to
	}
	return " " + shortImage(f.From) + " → " + to
}

// Counts says how many machines meet which fate.
func (f Forecast) Counts() string {
	by := map[Action]int{}
	for _, m := range f.Machines {
		by[m.Action]++
	}
	var parts []string
	for _, a := range []Action{Update, Create, Destroy, Keep} {
		if by[a] > 0 {
			parts = append(parts, fmt.Sprintf("%d to %s", by[a], a))
		}
	}
	if len(parts) == 0 {
		return "none"
	}
	return strings.Join(parts, ", ") + "; those with the same number go at once"
}

// String is a line: what is added, taken away or changed.
func (c Change) String() string {
	switch {
	case c.Before == "":
		return fmt.Sprintf("+ %s: %s", c.Key, c.After)
	case c.After == "":
		return fmt.Sprintf("- %s: %s", c.Key, c.Before)
	}
	return fmt.Sprintf("~ %s: %s → %s", c.Key, c.Before, c.After)
}

// shortImage is enough of an address to tell images apart.
func shortImage(address string) string {
	name, digest, found := strings.Cut(address, "@sha256:")
	if !found {
		return address
	}
	return name[strings.LastIndex(name, "/")+1:] + "@" + digest[:min(12, len(digest))]
}
