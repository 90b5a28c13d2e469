// Package status reports the image and the machines of every environment.
package status

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"text/tabwriter"

	"github.com/superfly/fly-go"
	"golang.org/x/sync/errgroup"

	"github.com/renewa/pipeline/ci/release/deploy/machine"
	"github.com/renewa/pipeline/ci/release/setup"
)

// Platform has the calls of Fly that this package needs.
type Platform interface {
	Machines(ctx context.Context, app string) ([]*fly.Machine, error)
	Fetch(ctx context.Context, app, path string, out any) error
	URL(app string) string
	Absent(err error) bool
	Commit(ctx context.Context, repository, digest string) (string, error) // of an image's sources, or image.Elsewhere
}

// Stage is the row of one environment.
type Stage struct {
	Stage     string `json:"stage"`
	App       string `json:"app"`
	Digest    string `json:"digest"`    // empty: no machines; several, with commas between them, when machines differ
	Commit    string `json:"commit"`    // of the sources of each digest, or image.Elsewhere, or Unreadable
	Machines  int    `json:"machines"`  // without release machines and consoles
	Healthy   int    `json:"healthy"`   // of these, started and with every check passing
	Asleep    int    `json:"asleep"`    // of these, stopped until a request comes
	Migration string `json:"migration"` // the newest one, from the app's version page; empty: unknown
	URL       string `json:"url"`
	NoApp     bool   `json:"no_app,omitempty"` // the app does not exist
}

// Unreadable stands for the commit of an image that the registry does not return.
const Unreadable = "unreadable"

// Of returns the rows of environments, in the given order. It reads them in parallel. apps has the Fly apps by
// environment; version is the path of the page with an app's migration, or empty. An app that does not exist is no error.
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
		row.NoApp = true
		return row, nil
	}
	if err != nil {
		return row, fmt.Errorf("what %s runs is unknown: %w", app, err)
	}
	var digests []string
	repositories := map[string]string{} // by digest
	for _, m := range machines {
		if !m.IsFlyAppsPlatform() || m.IsFlyAppsReleaseCommand() || m.IsFlyAppsConsole() {
			continue
		}
		row.Machines++
		if machine.Healthy(m) {
			row.Healthy++
		} else if wakes(m) {
			row.Asleep++
		}
		digests = append(digests, m.ImageRef.Digest)
		repositories[m.ImageRef.Digest] = cmp.Or(m.ImageRef.Repository, app)
	}
	slices.Sort(digests)
	digests = slices.Compact(digests)
	row.Digest, row.Commit = strings.Join(digests, ","), commits(ctx, platform, digests, repositories)
	if version != "" && row.Healthy > 0 {
		var page struct{ Migration string }
		if platform.Fetch(ctx, app, version, &page) == nil {
			row.Migration = page.Migration
		}
	}
	return row, nil
}

// commits returns the commit of each digest, with commas between them.
func commits(ctx context.Context, platform Platform, digests []string, repositories map[string]string) string {
	list := make([]string, len(digests))
	for i, digest := range digests {
		commit, err := platform.Commit(ctx, repositories[digest], digest)
		if list[i] = commit; err != nil {
			list[i] = Unreadable
		}
	}
	return strings.Join(list, ",")
}

// wakes reports whether a machine is down and Fly starts it for a request.
func wakes(m *fly.Machine) bool {
	return m.Config != nil && machine.Down(m) && slices.ContainsFunc(m.Config.Services, func(s fly.MachineService) bool { return s.Autostart != nil && *s.Autostart })
}

// JSON returns the rows as an array.
func JSON(rows []Stage) (string, error) {
	b, err := json.MarshalIndent(rows, "", "  ")
	return string(b), err
}

// Text returns the rows as a table, below a line with the name of the Fly.
func Text(fly string, rows []Stage) string {
	var b strings.Builder
	fmt.Fprintf(&b, "fly: %s\n", fly)
	w := tabwriter.NewWriter(&b, 0, 0, 2, ' ', 0)
	fmt.Fprintln(w, "ENVIRONMENT\tAPP\tDIGEST\tCOMMIT\tMACHINES\tHEALTHY\tMIGRATION\tURL")
	for _, r := range rows {
		fmt.Fprintf(w, "%s\t%s\t%s\t%s\t%d\t%s\t%s\t%s\n", r.Stage, r.App, short(r.Digest), shortCommits(r.Commit), r.Machines, r.health(), cmp.Or(r.Migration, "-"), r.URL)
	}
	_ = w.Flush() // a strings.Builder returns no error
	for _, r := range rows {
		if r.NoApp {
			none := &setup.NoAppError{App: r.App, Environment: r.Stage, Fly: fly}
			fmt.Fprintf(&b, "%s: %s\n", none, none.Hint())
		}
	}
	return strings.TrimSuffix(b.String(), "\n")
}

// health returns the number of healthy machines, and of those that are asleep, in words.
func (s Stage) health() string {
	switch {
	case s.NoApp:
		return "no app"
	case s.Asleep == 0:
		return strconv.Itoa(s.Healthy)
	case s.Healthy == 0:
		return "asleep (wakes on a request)"
	}
	return fmt.Sprintf("%d, %d asleep", s.Healthy, s.Asleep)
}

func short(digests string) string {
	var list []string
	for d := range strings.SplitSeq(digests, ",") {
		d = strings.TrimPrefix(d, "sha256:")
		list = append(list, d[:min(12, len(d))])
	}
	return cmp.Or(strings.Join(list, ","), "-")
}

// hash matches a commit at the beginning of a label, which may end in "-changed".
var hash = regexp.MustCompile(`^[0-9a-f]{40}`)

func shortCommits(commits string) string {
	var list []string
	for c := range strings.SplitSeq(commits, ",") {
		list = append(list, hash.ReplaceAllStringFunc(c, func(h string) string { return h[:12] }))
	}
	return cmp.Or(strings.Join(list, ","), "-")
}
