// Package status says what every stage runs.
package status

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"text/tabwriter"

	"github.com/superfly/fly-go"
	"golang.org/x/sync/errgroup"

	"github.com/renewa/pipeline/ci/release/deploy/machine"
)

// Platform is what a status asks of Fly.
type Platform interface {
	Machines(ctx context.Context, app string) ([]*fly.Machine, error)
	Fetch(ctx context.Context, app, path string, out any) error
	URL(app string) string
	Absent(err error) bool
}

// Stage is one row.
type Stage struct {
	Stage     string `json:"stage"`
	App       string `json:"app"`
	Digest    string `json:"digest"`    // empty when nothing runs; all of them, comma between, when machines differ
	Machines  int    `json:"machines"`  // that serve
	Healthy   int    `json:"healthy"`   // of these, started with every check passing
	Migration string `json:"migration"` // newest applied, as the app says; empty when it does not
	URL       string `json:"url"`
}

// Of asks about every stage at once. Apps are by stage, in order; version is the path that answers with
// the migration, or empty.
func Of(ctx context.Context, platform Platform, stages []string, apps map[string]string, version string) ([]Stage, error) {
	rows := make([]Stage, len(stages))
	group, ctx := errgroup.WithContext(ctx)
	for i, name := range stages {
		group.Go(func() (err error) {
			rows[i], err = one(ctx, platform, name, apps[name], version)
			return err
		})
	}
	return rows, group.Wait()
}

func one(ctx context.Context, platform Platform, stage, app, version string) (Stage, error) {
	row := Stage{Stage: stage, App: app, URL: platform.URL(app)}
	machines, err := platform.Machines(ctx, app)
	if platform.Absent(err) {
		return row, nil
	}
	if err != nil {
		return row, fmt.Errorf("ask what %s runs: %w", app, err)
	}
	var digests []string
	for _, m := range machines {
		if !m.IsFlyAppsPlatform() || m.IsFlyAppsReleaseCommand() || m.IsFlyAppsConsole() {
			continue
		}
		row.Machines++
		if machine.Healthy(m) {
			row.Healthy++
		}
		digests = append(digests, m.ImageRef.Digest)
	}
	slices.Sort(digests)
	row.Digest = strings.Join(slices.Compact(digests), ",")
	if version != "" && row.Healthy > 0 {
		var said struct{ Migration string }
		if platform.Fetch(ctx, app, version, &said) == nil {
			row.Migration = said.Migration
		}
	}
	return row, nil
}

// JSON is the rows as an array.
func JSON(rows []Stage) (string, error) {
	b, err := json.MarshalIndent(rows, "", "  ")
	return string(b), err
}

// Text is the rows as a table, under the name of the Fly they were read from.
func Text(fly string, rows []Stage) string {
	var b strings.Builder
	fmt.Fprintf(&b, "fly: %s\n", fly)
	w := tabwriter.NewWriter(&b, 0, 0, 2, ' ', 0)
	fmt.Fprintln(w, "STAGE\tAPP\tDIGEST\tMACHINES\tHEALTHY\tMIGRATION\tURL")
	for _, r := range rows {
		fmt.Fprintf(w, "%s\t%s\t%s\t%d\t%d\t%s\t%s\n", r.Stage, r.App, short(r.Digest), r.Machines, r.Healthy, dash(r.Migration), r.URL)
	}
	_ = w.Flush() // memory takes all that is written
	return strings.TrimSuffix(b.String(), "\n")
}

func short(digests string) string {
	var list []string
	for d := range strings.SplitSeq(digests, ",") {
		d = strings.TrimPrefix(d, "sha256:")
		list = append(list, d[:min(12, len(d))])
	}
	return dash(strings.Join(list, ","))
}

func dash(s string) string {
	if s == "" {
		return "-"
	}
	return s
}
