// Package page shows what is going on.
package page

import (
	"net/http"

	"github.com/renewa/pipeline/ci/flylocal/cloud"
)

// Page serves / and what it needs.
type Page struct {
	cloud *cloud.Cloud
	port  int
}

// New makes the page of a cloud.
func New(c *cloud.Cloud, port int) *Page { return &Page{c, port} }

func (p *Page) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	_, _ = w.Write([]byte("flylocal"))
}
