//go:build acceptance

package docker_test

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"
)

// One page, loaded once: a mark in its window would be gone after a reload.
func TestABrowserSeesWhatHappensWithoutAReload(t *testing.T) {
	e := start(t)
	e.call("DELETE", "/v1/apps/"+app, nil, nil)
	b := browse(t, fmt.Sprintf("http://localhost:%d/", port))
	b.sees("No apps yet")
	b.eval("window.mark = 1", nil)

	e.call("POST", "/v1/apps", map[string]string{"name": app, "org_slug": "test"}, nil)
	b.sees(app)
	b.sees("No machines")
	e.call("POST", "/v1/apps/"+app+"/ip_assignments", map[string]string{"type": "shared_v4"}, nil)
	b.sees(fmt.Sprintf("http://%s.localhost:%d/", app, port))
	m := e.launch("started", map[string]any{
		"init":     map[string]any{"cmd": []string{"perl", "-e", `$| = 1; print "it listens\n"; ` + server}},
		"metadata": map[string]string{"fly_process_group": "web"},
		"services": []map[string]any{{
			"protocol": "tcp", "internal_port": 8080, "ports": []map[string]any{{"port": 80, "handlers": []string{"http"}}},
			"checks": []map[string]any{{"type": "http", "path": "/"}},
		}},
	})
	b.sees(m.ID)
	b.sees("started")
	b.sees("passing")
	b.sees(m.Image.Digest[len("sha256:"):][:12])
	e.call("POST", "/api/v1/releases", map[string]any{"app_name": app, "image": base, "strategy": "ROLLING"}, nil)
	b.sees("v1 pending")
	e.launch("stopped", map[string]any{"init": sh("echo >&2 no database; exit 4"), "restart": map[string]any{"policy": "no"}, "metadata": map[string]string{"fly_process_group": "worker"}})
	b.sees("exit code 4")
	b.picture("apps")

	e.call("POST", machines+"/"+m.ID+"/cordon", nil, nil)
	b.sees("cordoned")
	e.call("POST", machines+"/"+m.ID+"/uncordon", nil, nil)

	b.eval("getSelection().selectAllChildren(document.querySelector('td code'))", nil)
	b.eval("window.updates = 0; live.addEventListener('message', () => window.updates++)", nil)
	e.call("POST", machines+"/"+m.ID+"/cordon", nil, nil)
	e.until("the page got the update", func() (got bool) { b.eval("return window.updates > 0", &got); return got })
	var selected string
	b.eval("return getSelection().toString()", &selected)
	require.NotEmpty(t, selected, "what is selected stays, so that it can be copied")
	e.call("POST", machines+"/"+m.ID+"/uncordon", nil, nil)
	b.eval("getSelection().removeAllRanges(); document.querySelector('h2 a').focus()", nil)
	e.call("POST", machines+"/"+m.ID+"/stop", map[string]any{}, nil)
	b.sees("asked to stop")
	var href string
	b.eval("return document.activeElement.getAttribute('href')", &href)
	require.Equal(t, "/?app="+app, href, "the keyboard is where it was")
	var mark int
	b.eval("return window.mark", &mark)
	require.Equal(t, 1, mark, "the page was not loaded again")

	b.visit(fmt.Sprintf("http://localhost:%d/?app=%s", port, app))
	b.sees("it listens")
	b.eval("window.mark = 2", nil)
	e.launch("stopped", map[string]any{"init": sh("echo a line that is new"), "restart": map[string]any{"policy": "no"}})
	b.sees("a line that is new")
	b.eval("return window.mark", &mark)
	require.Equal(t, 2, mark)
	b.picture("app")
	b.dark()
	b.picture("app-dark")
	var back string
	b.eval("return getComputedStyle(document.body).backgroundColor", &back)
	require.Equal(t, "rgb(19, 20, 23)", back, "it is dark where its reader wants that")

	_ = e.server.Close()
	b.sees("flylocal does not answer")
}
