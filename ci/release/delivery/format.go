package delivery

import (
	"fmt"
	"strings"

	"github.com/renewa/pipeline/ci/release/deploy/report"
)

// A printable has a form for people and one for programs.
type printable interface {
	fmt.Stringer
	JSON() []byte
}

func checkFormat(format string) error {
	if format != "text" && format != "json" {
		return fmt.Errorf("unknown format %q: use text or json", format)
	}
	return nil
}

func inFormat(format string, what printable) string {
	text := what.String()
	if format == "json" {
		text = string(what.JSON())
	}
	return strings.TrimSuffix(text, "\n")
}

var reportForms = map[string]func(report.Report) string{
	"text": report.Report.String,
	"md":   report.Report.Markdown,
	"json": func(r report.Report) string { return string(r.JSON()) },
}
