package flylocal_test

import (
	"bufio"
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/renewa/pipeline/flylocal"
	"github.com/renewa/pipeline/flylocal/cloud"
	"github.com/renewa/pipeline/flylocal/scripted"
)

func TestThePageShowsWhatIsGoingOn(t *testing.T) {
	w := open(t, flylocal.WithScript(func(cloud.Spec) scripted.Act {
		return scripted.Act{Output: []string{"<script>alert(1)</script>"}}
	}))
	status, body := w.do("GET", "/", "", nil)
	require.Equal(t, http.StatusOK, status)
	require.Contains(t, body, "No apps yet")

	app := w.app("web")
	w.address(app)
	_, err := w.flaps.SetAppSecret(t.Context(), app, "KEY", "sesame-open")
	require.NoError(t, err)
	m := w.launch(app, web())
	w.healthy(app, m.ID)
	_, body = w.do("GET", "/", "", nil)
	for _, part := range []string{m.ID, "started", "passing", "http://web.localhost:4280/", "secrets <b>1</b>"} {
		require.Contains(t, body, part)
	}
	_, body = w.do("GET", "/?app=web", "", nil)
	require.Contains(t, body, "KEY")
	require.Contains(t, body, "&lt;script&gt;alert(1)", "what an app writes is text")
	require.NotContains(t, body, "sesame-open")
}

func TestThePageMovesByItself(t *testing.T) {
	w := open(t)
	req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, w.server.URL+"/_flylocal/page/live", nil)
	require.NoError(t, err)
	resp, err := http.DefaultClient.Do(req)
	require.NoError(t, err)
	defer resp.Body.Close()
	lines := bufio.NewScanner(resp.Body)
	require.True(t, lines.Scan())
	require.Contains(t, lines.Text(), "No apps yet")
	w.app("web")
	for lines.Scan() {
		if strings.Contains(lines.Text(), "web") {
			return
		}
	}
	t.Fatal("the page did not move")
}

func TestThePageIsForLocalhost(t *testing.T) {
	w := open(t)
	req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, w.server.URL+"/", nil)
	require.NoError(t, err)
	req.Host = "evil.example"
	resp, err := http.DefaultClient.Do(req)
	require.NoError(t, err)
	resp.Body.Close()
	require.Equal(t, http.StatusForbidden, resp.StatusCode)
}
