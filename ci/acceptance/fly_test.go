//go:build acceptance

package acceptance

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"os"
	"slices"
	"strings"
	"testing"
	"time"
)

// machine is a machine of the Machines API.
type machine struct {
	ID       string         `json:"id"`
	Instance string         `json:"instance_id"`
	State    string         `json:"state"`
	Region   string         `json:"region"`
	Config   map[string]any `json:"config"`
	Image    struct {
		Repository, Digest string
	} `json:"image_ref"`
}

var client = &http.Client{Timeout: 30 * time.Second}

// api calls the Machines API with the organisation's token.
func (w *world) api(method, path string, in, out any) error {
	token, err := os.ReadFile(w.token())
	if err != nil {
		return err
	}
	body, err := json.Marshal(in)
	if err != nil {
		return err
	}
	req, err := http.NewRequestWithContext(context.Background(), method, "http://127.0.0.1:"+w.port+path, bytes.NewReader(body))
	if err != nil {
		return err
	}
	req.Header.Set("Authorization", "Bearer "+strings.TrimSpace(string(token)))
	resp, err := client.Do(req)
	if err != nil {
		return err
	}
	defer resp.Body.Close()
	b, err := io.ReadAll(resp.Body)
	if err != nil {
		return err
	}
	if resp.StatusCode > 299 {
		return fmt.Errorf("%s %s: %s %s", method, path, resp.Status, b)
	}
	if out == nil {
		return nil
	}
	return json.Unmarshal(b, out)
}

func (w *world) must(t testing.TB, method, path string, in, out any) {
	t.Helper()
	if err := w.api(method, path, in, out); err != nil {
		t.Fatal(err)
	}
}

func (w *world) machines(t testing.TB, app string) []machine {
	t.Helper()
	var all []machine
	w.must(t, "GET", "/v1/apps/"+app+"/machines", nil, &all)
	return all
}

// releases are the statuses of an app's releases, the newest first.
func (w *world) releases(t testing.TB, app string) (statuses []string) {
	t.Helper()
	var all struct{ Releases []struct{ Status string } }
	w.must(t, "GET", "/api/v1/apps/"+app+"/releases", nil, &all)
	for _, r := range all.Releases {
		statuses = append(statuses, r.Status)
	}
	return statuses
}

// destroy removes a machine and waits for its end.
func (w *world) destroy(t testing.TB, app, id string) {
	t.Helper()
	w.must(t, "DELETE", "/v1/apps/"+app+"/machines/"+id+"?force=true", nil, nil)
	eventually(t, "gone", func() bool { return !strings.Contains(w.everything(t), id) })
}

// exec runs a program in a machine and returns its stdout.
func (w *world) exec(t testing.TB, app, id string, args ...string) string {
	t.Helper()
	var out struct {
		Stdout   string `json:"stdout"`
		Stderr   string `json:"stderr"`
		ExitCode int    `json:"exit_code"`
	}
	w.must(t, "POST", "/v1/apps/"+app+"/machines/"+id+"/exec", map[string]any{"command": args, "timeout": 10}, &out)
	if out.ExitCode != 0 {
		t.Fatalf("%v in %s: exit code %d %s", args, id, out.ExitCode, out.Stderr)
	}
	return out.Stdout
}

// everything is a text of all apps, machines and versions of secrets, to compare before and after.
func (w *world) everything(t testing.TB) string {
	t.Helper()
	var apps struct {
		Apps []struct{ Name string }
	}
	const org = "renewa"
	w.must(t, "GET", "/v1/apps?org_slug="+org, nil, &apps)
	var lines []string
	for _, app := range apps.Apps {
		var secrets struct{ Version uint64 }
		w.must(t, "GET", "/v1/apps/"+app.Name+"/secrets", nil, &secrets)
		lines = append(lines, fmt.Sprintf("%s: secrets %d", app.Name, secrets.Version))
		for _, m := range w.machines(t, app.Name) {
			lines = append(lines, fmt.Sprintf("%s: machine %s, instance %s, %s, %s", app.Name, m.ID, m.Instance, m.State, m.Image.Digest))
		}
	}
	slices.Sort(lines)
	return strings.Join(lines, "\n")
}

// runs returns the digest of an app's machines, which must be one.
func (w *world) runs(t testing.TB, app string) string {
	t.Helper()
	var digests []string
	for _, m := range w.machines(t, app) {
		digests = append(digests, m.Image.Digest)
	}
	slices.Sort(digests)
	if digests = slices.Compact(digests); len(digests) != 1 {
		t.Fatalf("%s runs %d digests: %v", app, len(digests), digests)
	}
	return digests[0]
}

// visit sends a request to an app as a browser does: by its name, at flylocal's port.
func visit(method, app, path, session string, in any) (status int, body string, err error) {
	b := []byte(nil)
	if in != nil {
		b, _ = json.Marshal(in)
	}
	req, err := http.NewRequestWithContext(context.Background(), method, "http://127.0.0.1:"+ground.port+path, bytes.NewReader(b))
	if err != nil {
		return 0, "", err
	}
	req.Host = app + ".localhost:" + ground.port
	req.Header.Set("Content-Type", "application/json")
	if session != "" {
		req.Header.Set("Authorization", "Bearer "+session)
	}
	resp, err := client.Do(req)
	if err != nil {
		return 0, "", err
	}
	defer resp.Body.Close()
	text, err := io.ReadAll(resp.Body)
	return resp.StatusCode, string(text), err
}
