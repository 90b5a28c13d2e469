package flylocal_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	fly "github.com/superfly/fly-go"

	"github.com/renewa/pipeline/flylocal"
	"github.com/renewa/pipeline/flylocal/cloud"
	"github.com/renewa/pipeline/flylocal/scripted"
)

// played runs release commands by their name and lets apps fail their checks when their image is the sick one.
func played(sick *string) flylocal.Option {
	return flylocal.WithScript(func(s cloud.Spec) scripted.Act {
		switch {
		case s.Env["RELEASE_COMMAND"] != "" && s.Cmd[0] == "fail":
			return scripted.Act{Ends: true, Code: 3, Output: []string{"relation already exists"}}
		case s.Env["RELEASE_COMMAND"] != "":
			return scripted.Act{Ends: true}
		}
		return scripted.Act{Serves: http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
			if *sick != "" && strings.Contains(s.Image.Ref, *sick) {
				http.Error(w, "sick", 500)
			}
		})}
	})
}

// What follows the first deployment of an app, and what must be true then.
func TestDeploymentsGoAsOnFly(t *testing.T) {
	for reason, c := range map[string]struct {
		next   deployment
		sick   bool
		before func(w *world, all []*fly.Machine)
		fails  string // the error; empty when it works
		moved  int    // machines on the new image
		total  int
		status string // of the release
	}{
		"rolling":                             {next: deployment{strategy: "rolling"}, moved: 2, total: 2, status: "complete"},
		"with a release command":              {next: deployment{strategy: "rolling", release: "migrate apply"}, moved: 2, total: 2, status: "complete"},
		"immediate":                           {next: deployment{strategy: "immediate"}, moved: 2, total: 2, status: "complete"},
		"canary":                              {next: deployment{strategy: "canary"}, moved: 2, total: 2, status: "complete"},
		"bluegreen":                           {next: deployment{strategy: "bluegreen"}, moved: 2, total: 2, status: "complete"},
		"a failed release command":            {next: deployment{strategy: "rolling", release: "fail"}, fails: "exited with 3", moved: 0, total: 2, status: "failed"},
		"rolling, and it is sick":             {next: deployment{strategy: "rolling", health: time.Second}, sick: true, fails: "did not pass", moved: 1, total: 2, status: "failed"},
		"bluegreen, and it is sick":           {next: deployment{strategy: "bluegreen", health: time.Second}, sick: true, fails: "did not pass", moved: 0, total: 2, status: "failed"},
		"immediate, and it is sick":           {next: deployment{strategy: "immediate"}, sick: true, moved: 2, total: 2, status: "complete"},
		"a secrets version that is not there": {next: deployment{strategy: "rolling", secrets: ptr(uint64(7))}, fails: "does not exist yet", total: 2, status: "failed"},
		"a lease that ends soon": {next: deployment{strategy: "rolling"}, moved: 2, total: 2, status: "complete", before: func(w *world, all []*fly.Machine) {
			_, err := w.flaps.AcquireLease(w.Context(), "web", all[0].ID, ptr(1))
			require.NoError(w, err)
		}},
	} {
		t.Run(reason, func(t *testing.T) {
			t.Parallel()
			sick := ""
			w := open(t, played(&sick))
			w.app("web")
			one := "registry.fly.io/web@" + w.push("web:one", w.fly.OrgToken(), image(t, "amd64"))
			two := w.push("web:two", w.fly.OrgToken(), image(t, "amd64"))
			require.NoError(t, deployment{world: w, app: "web", image: one, strategy: "rolling", release: "migrate apply"}.run())
			all, err := w.flaps.List(t.Context(), "web", "")
			require.NoError(t, err)
			require.Len(t, all, 2)
			if c.before != nil {
				c.before(w, all)
			}
			if c.sick {
				sick = two
			}
			c.next.world, c.next.app, c.next.image = w, "web", "registry.fly.io/web@"+two
			err = c.next.run()
			if c.fails == "" {
				require.NoError(t, err)
			} else {
				require.ErrorContains(t, err, c.fails)
			}
			moved := 0
			w.until("the machines are as they should be", func() bool {
				all, err = w.flaps.List(t.Context(), "web", "")
				require.NoError(t, err)
				return len(all) == c.total
			})
			for _, m := range all {
				if m.ImageRef.Digest == two {
					moved++
				}
			}
			require.Equal(t, c.moved, moved)
			releases, err := w.gql.GetAppReleasesMachines(t.Context(), "web", "", 5)
			require.NoError(t, err)
			require.Len(t, releases, 2)
			require.Equal(t, c.status, releases[0].Status)
		})
	}
}

// The real client asks for a lease for up to a minute; its own deadline ends that.
func TestALeaseOfSomebodyElseStopsADeployment(t *testing.T) {
	t.Parallel()
	w := open(t)
	app := w.app("web")
	m := w.launch(app, web())
	_, err := w.flaps.AcquireLease(t.Context(), app, m.ID, ptr(600))
	require.NoError(t, err)
	status, body := w.do("POST", fmt.Sprintf("/v1/apps/web/machines/%s/lease?ttl=13", m.ID), w.fly.OrgToken(), nil)
	require.Equal(t, http.StatusConflict, status)
	require.Contains(t, body, "lease currently held by")
	require.Contains(t, body, "expires at")
}
