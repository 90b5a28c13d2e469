//go:build acceptance

package docker_test

import (
	"bytes"
	_ "embed"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

//go:embed testdata/browser.Dockerfile
var browserFile []byte

// browser is a real one, in a container, driven over WebDriver.
type browser struct {
	*testing.T
	driver  string // address
	session string
}

// browse opens a page in a browser on this machine's network.
func browse(t *testing.T, url string) *browser {
	t.Helper()
	image, name := fmt.Sprintf("pipeline-test-browser-%d", port), fmt.Sprintf("flylocal-%d-browser", port)
	build := exec.CommandContext(t.Context(), "docker", "build", "--network", "host", "-q", "-t", image, "-")
	build.Stdin = bytes.NewReader(browserFile)
	out, err := build.CombinedOutput()
	require.NoError(t, err, "build the browser's image: %s", out)
	t.Cleanup(func() { run(t, "rmi", image) })
	at := freePort()
	run(t, "run", "-d", "--init", "--name", name, "--label", fmt.Sprintf("flylocal=%d", port), "--network", "host", image, "chromedriver", fmt.Sprintf("--port=%d", at))
	t.Cleanup(func() { run(t, "rm", "-f", "-v", name) })

	b := &browser{T: t, driver: fmt.Sprintf("http://127.0.0.1:%d", at)}
	require.Eventually(t, func() bool {
		req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, b.driver+"/status", nil)
		if err != nil {
			return false
		}
		resp, err := http.DefaultClient.Do(req)
		return err == nil && resp.Body.Close() == nil
	}, patience, 100*time.Millisecond, "the browser's driver answers")
	var s struct{ SessionID string }
	b.ask("/session", map[string]any{"capabilities": map[string]any{"alwaysMatch": map[string]any{"goog:chromeOptions": map[string]any{
		"args": []string{"--headless=new", "--no-sandbox", "--disable-dev-shm-usage", "--disable-gpu", "--window-size=1280,900"},
	}}}}, &s)
	b.session = "/session/" + s.SessionID
	b.visit(url)
	return b
}

func (b *browser) visit(url string) {
	b.Helper()
	b.ask(b.session+"/url", map[string]string{"url": url}, nil)
}

// ask sends a command and reads its value.
func (b *browser) ask(path string, in, out any) {
	b.Helper()
	data, err := json.Marshal(in)
	require.NoError(b, err)
	req, err := http.NewRequestWithContext(b.Context(), http.MethodPost, b.driver+path, bytes.NewReader(data))
	require.NoError(b, err)
	resp, err := http.DefaultClient.Do(req)
	require.NoError(b, err)
	defer resp.Body.Close()
	var answer struct{ Value json.RawMessage }
	require.NoError(b, json.NewDecoder(resp.Body).Decode(&answer))
	require.Equal(b, http.StatusOK, resp.StatusCode, "%s: %s", path, answer.Value)
	if out != nil {
		require.NoError(b, json.Unmarshal(answer.Value, out))
	}
}

// eval runs a script in the page.
func (b *browser) eval(script string, out any) {
	b.Helper()
	b.ask(b.session+"/execute/sync", map[string]any{"script": script, "args": []any{}}, out)
}

// sees waits until a text is on the page as a person reads it.
func (b *browser) sees(text string) {
	b.Helper()
	require.Eventually(b, func() bool {
		var has bool
		b.eval(fmt.Sprintf("return document.body.innerText.includes(%q)", text), &has)
		return has
	}, patience, 50*time.Millisecond, "the page shows %q", text)
}

// picture saves a picture of the page in the folder PIPELINE_PICTURES, if that is set.
func (b *browser) picture(name string) {
	b.Helper()
	dir := os.Getenv("PIPELINE_PICTURES")
	if dir == "" {
		return
	}
	var png string
	b.ask(b.session+"/goog/cdp/execute", map[string]any{"cmd": "Page.captureScreenshot", "params": map[string]any{}}, &struct{ Data *string }{&png})
	data, err := base64.StdEncoding.DecodeString(png)
	require.NoError(b, err)
	require.NoError(b, os.WriteFile(filepath.Join(dir, name+".png"), data, 0o600))
}

func (b *browser) dark() {
	b.Helper()
	b.ask(b.session+"/goog/cdp/execute", map[string]any{"cmd": "Emulation.setEmulatedMedia", "params": map[string]any{
		"features": []map[string]string{{"name": "prefers-color-scheme", "value": "dark"}},
	}}, nil)
}
