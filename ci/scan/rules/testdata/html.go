package sample

import (
	"html/template"
	"io"
)

var page = template.Must(template.New("").Parse(`<p>{{.}}</p>`))

func wrong(w io.Writer, note string) error {
	// ruleid: unsafe-html-go
	return page.Execute(w, template.HTML("<b>"+note+"</b>"))
}

func right(w io.Writer, note string) error {
	// ok: unsafe-html-go
	if err := page.Execute(w, template.HTML("<hr>")); err != nil {
		return err
	}
	// ok: unsafe-html-go
	return page.Execute(w, note)
}
