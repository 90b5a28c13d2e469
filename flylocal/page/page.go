// Package page shows apps, machines, their images and their health in a browser.
package page

import (
	"bytes"
	_ "embed"
	"fmt"
	"html/template"
	"net"
	"net/http"
	"strings"
	"time"

	"github.com/renewa/pipeline/flylocal/control"
)

var (
	//go:embed page.html
	source string
	//go:embed page.css
	style string

	tmpl = template.Must(template.New("page").Funcs(words).Parse(source))
)

// Page serves / and its live updates.
type Page struct {
	cloud *control.Cloud
	port  int
}

// New returns the page of a cloud.
func New(c *control.Cloud, port int) *Page { return &Page{c, port} }

// ServeHTTP shows all apps, or one app with its log. Live updates are the same HTML, made by the same template.
func (p *Page) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if !local(r.Host) { // a foreign page's name that resolves to this machine
		http.Error(w, "this page is for localhost", http.StatusForbidden)
		return
	}
	switch r.URL.Path {
	case "/":
		var buf bytes.Buffer
		if err := tmpl.ExecuteTemplate(&buf, "page", p.look(r.URL.Query().Get("app"))); err != nil {
			panic(err)
		}
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		_, _ = w.Write(buf.Bytes())
	case "/_flylocal/page/live":
		p.live(w, r)
	default:
		http.NotFound(w, r)
	}
}

func local(host string) bool {
	if name, _, err := net.SplitHostPort(host); err == nil {
		host = name
	}
	return host == "localhost" || net.ParseIP(host) != nil || strings.HasPrefix(host, "flylocal-")
}

// live sends the page's content at every change, at most five times a second, and every 2 s: ages and health checks
// change by themselves.
func (p *Page) live(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Content-Type", "text/event-stream")
	w.Header().Set("Cache-Control", "no-store")
	flush := http.NewResponseController(w)
	for last := ""; ; {
		changed := p.cloud.Changed()
		var buf bytes.Buffer
		if err := tmpl.ExecuteTemplate(&buf, "main", p.look(r.URL.Query().Get("app"))); err != nil {
			return
		}
		text := ": still here\n\n"
		if now := strings.ReplaceAll(buf.String(), "\n", ""); now != last {
			last, text = now, "data: "+now+"\n\n"
		}
		if _, err := fmt.Fprint(w, text); err != nil || flush.Flush() != nil {
			return
		}
		select {
		case <-changed:
		case <-time.After(2 * time.Second):
		case <-r.Context().Done():
			return
		}
		time.Sleep(200 * time.Millisecond)
	}
}
