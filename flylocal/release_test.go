package flylocal_test

import (
	"encoding/json"
	"net/http"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/renewa/pipeline/flylocal"
	"github.com/renewa/pipeline/flylocal/cloud"
	"github.com/renewa/pipeline/flylocal/scripted"
)

func TestAReleaseIsRecordedAndRead(t *testing.T) {
	w := open(t)
	w.app("web")
	me := w.fly.OrgToken()
	status, body := w.do("GET", "/api/v1/apps/web/releases/current", me, nil)
	require.Equal(t, http.StatusNotFound, status, body)
	status, body = w.do("GET", "/api/v1/organizations/personal", me, nil)
	require.Equal(t, http.StatusOK, status)
	require.Contains(t, body, `"billing_status":"CURRENT"`)
	for _, path := range []string{"/api/v1/builds", "/api/v1/builds/finish"} {
		status, _ = w.do("POST", path, me, map[string]any{"app_name": "web"})
		require.Equal(t, http.StatusOK, status)
	}
	status, body = w.do("POST", "/api/v1/releases", me, map[string]any{
		"app_name": "web", "image": "registry.fly.io/web@sha256:00",
		"strategy": "ROLLING", "definition": map[string]any{"app": "web"},
	})
	require.Equal(t, http.StatusCreated, status)
	var made struct {
		Release struct {
			ID      string
			Version int
			Status  string
		}
	}
	require.NoError(t, json.Unmarshal([]byte(body), &made))
	require.Equal(t, 1, made.Release.Version)
	status, body = w.do("PATCH", "/api/v1/releases/"+made.Release.ID, me, map[string]any{"status": "failed", "metadata": map[string]any{"error": "x"}})
	require.Equal(t, http.StatusOK, status, body)
	type release struct { // as flyctl reads it
		Version  int
		Status   string
		Strategy string
		User     string
		Created  time.Time `json:"created_at"`
	}
	var changed, current release
	require.NoError(t, json.Unmarshal([]byte(body), &changed))
	require.Equal(t, "failed", changed.Status)
	_, body = w.do("GET", "/api/v1/apps/web/releases/current", me, nil)
	require.NoError(t, json.Unmarshal([]byte(body), &current))
	require.Equal(t, changed, current)
	_, body = w.do("GET", "/api/v1/releases/all_current", me, nil)
	times := map[string]time.Time{}
	require.NoError(t, json.Unmarshal([]byte(body), &times))
	require.Equal(t, current.Created, times["web"])
	_, body = w.do("GET", "/api/v1/apps/web/releases?limit=1", me, nil)
	require.Contains(t, body, `"status":"failed"`)
	require.Contains(t, body, `"in_progress":false`)
}

func TestALogIsReadOnce(t *testing.T) {
	w := open(t, flylocal.WithScript(func(cloud.Spec) scripted.Act { return scripted.Act{Output: []string{"one", "two"}} }))
	app := w.app("web")
	m := w.launch(app, web())
	type page struct {
		Data []struct {
			Attributes struct{ Message, Instance string }
		}
		Meta struct {
			Next string `json:"next_token"`
		}
	}
	read := func(next string) (p page) {
		_, body := w.do("GET", "/api/v1/apps/web/logs?instance="+m.ID+"&next_token="+next, w.fly.OrgToken(), nil)
		require.NoError(t, json.Unmarshal([]byte(body), &p))
		return p
	}
	w.until("both lines are there", func() bool { return len(read("").Data) == 2 })
	first := read("")
	require.Equal(t, "one", first.Data[0].Attributes.Message)
	require.Equal(t, m.ID, first.Data[0].Attributes.Instance)
	again := read(first.Meta.Next)
	require.Empty(t, again.Data)
	require.Equal(t, first.Meta.Next, again.Meta.Next)
}
