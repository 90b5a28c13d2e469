package release

import (
	"context"
	"fmt"
	"strings"

	"github.com/renewa/pipeline/ci/release/deploy/report"
)

var reportForms = map[string]func(report.Report) string{
	"text": report.Report.String,
	"md":   report.Report.Markdown,
	"json": func(r report.Report) string { return string(r.JSON()) },
}

// Report returns what the last deploy of an environment did, as text, md or json.
func (d Deployer) Report(ctx context.Context, env, format string) (string, error) {
	form, known := reportForms[format]
	if !known {
		return "", fmt.Errorf("unknown format %q: use text, md or json", format)
	}
	of, err := d.Environment(env)
	if err != nil {
		return "", err
	}
	client, err := d.Target.Dial(ctx)
	if err != nil {
		return "", err
	}
	app := of.Fly.App
	last, err := report.Last(ctx, client, report.Report{Fly: client.Name(), Stage: env, App: app, URL: client.URL(app)})
	if err != nil {
		return "", err
	}
	return strings.TrimSuffix(form(last), "\n"), nil
}
