package page

import (
	"cmp"
	"fmt"
	"html/template"
	"slices"
	"strings"
	"time"

	"github.com/renewa/pipeline/flylocal/applog"
	"github.com/renewa/pipeline/flylocal/cloud"
)

// look has the data of the page.
type look struct {
	Style template.CSS
	Port  int
	Only  string // one app, with its log
	Apps  []app
	Log   []applog.Entry
}

type app struct {
	cloud.App
	URL      string
	Machines []*cloud.Machine
	Gone     int
	Latest   *cloud.Release
	Recent   []*cloud.Release
	Names    []string // of secrets
}

func (p *Page) look(only string) look {
	l := look{Style: template.CSS(style), Port: p.port, Only: only}
	for _, a := range p.cloud.Apps() {
		if only != "" && only != a.Name {
			continue
		}
		l.Apps = append(l.Apps, p.app(a))
	}
	if only != "" {
		l.Log = p.cloud.Lines(only, "", "", 0, 300)
	}
	return l
}

func (p *Page) app(a cloud.App) app {
	v := app{App: a, Machines: a.Active(), Names: a.Secrets.Names()}
	v.Gone = len(a.Machines) - len(v.Machines)
	slices.SortFunc(v.Machines, func(x, y *cloud.Machine) int {
		return cmp.Or(cmp.Compare(group(x), group(y)), x.Created.Compare(y.Created))
	})
	if a.Public() {
		v.URL = fmt.Sprintf("http://%s.localhost:%d/", a.Name, p.port)
	}
	for _, r := range slices.Backward(a.Releases) {
		if v.Latest == nil {
			v.Latest = r
		}
		if len(v.Recent) < 10 {
			v.Recent = append(v.Recent, r)
		}
	}
	return v
}

func group(m *cloud.Machine) string { return m.View().Metadata["fly_process_group"] }

// words are the functions of the template.
var words = template.FuncMap{
	"group": group,
	"short": func(digest string) string {
		digest = strings.TrimPrefix(digest, "sha256:")
		return digest[:min(12, len(digest))]
	},
	"ago": func(t time.Time) string {
		if t.IsZero() {
			return ""
		}
		d := time.Since(t)
		switch {
		case d < time.Minute:
			return "just now"
		case d < time.Hour:
			return fmt.Sprintf("%d min ago", int(d.Minutes()))
		case d < 48*time.Hour:
			return fmt.Sprintf("%d h ago", int(d.Hours()))
		}
		return t.Format("2 Jan")
	},
	"clock": func(t time.Time) string { return t.UTC().Format("15:04:05") },
	"stamp": func(ms int64) string { return time.UnixMilli(ms).UTC().Format("15:04:05") },
	"first": func(n int, all []cloud.Event) []cloud.Event { return all[:min(n, len(all))] },
	"tone":  tone,
	"ended": func(e cloud.Event) string { // red when the process failed and no client had asked for its end
		if e.Request != nil && e.Request.Exit != nil && e.Request.Exit.ExitCode != 0 && !e.Request.Exit.RequestedStop {
			return "bad"
		}
		return ""
	},
	"exit": func(e cloud.Event) string {
		switch {
		case e.Request == nil:
			return ""
		case e.Request.Message != "":
			return e.Request.Message
		case e.Request.Exit == nil:
			return ""
		case e.Request.Exit.OOMKilled:
			return "out of memory"
		case e.Request.Exit.RequestedStop:
			return fmt.Sprintf("asked to stop, exit code %d", e.Request.Exit.ExitCode)
		}
		return fmt.Sprintf("exit code %d", e.Request.Exit.ExitCode)
	},
}

// tone returns the colour of a word.
func tone(word string) string {
	switch word {
	case cloud.Started, cloud.Passing, "complete", "deployed":
		return "good"
	case cloud.Critical, "failed":
		return "bad"
	case cloud.Stopped, cloud.Suspended, cloud.Destroyed, "pending", "interrupted":
		return "idle"
	}
	return "busy"
}
