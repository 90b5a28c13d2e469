//go:build acceptance

package acceptance

import (
	"encoding/base64"
	"encoding/json"
	"maps"
	"os"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// awkward values break code that quotes, expands or splits them.
var awkward = map[string]string{
	"TIGRIS_AWKWARD":      "planted-5001 two\nlines, \"double\" and 'single' quotes, $HOME ${PATH} `id` \\n %s = # ü",
	"UPSTASH_REDIS_SPACE": "  planted-5002 spaces around  ",
	"BIRD_API_KEY":        "planted-5003-is-plain",
}

func TestSecretsArriveUnchangedAndAreInNoOutput(t *testing.T) {
	w := deployed(t)
	const app = "renewa-app"
	began := time.Now().Add(-time.Second)
	values := w.development(t)
	maps.Copy(values, awkward)
	given, err := json.Marshal(map[string]any{"development": values})
	require.NoError(t, err)
	call := w.call("--secrets", file(t, string(given)), "deploy", "--env", "development")
	call.args[2] = "--progress=plain"
	got := call.ok(t)
	require.Contains(t, got.all, "secrets staged")
	for _, m := range w.machines(t, app) {
		for name, value := range awkward {
			require.Equal(t, value+"\n", w.exec(t, app, m.ID, "printenv", name))
		}
	}
	out := map[string]string{
		"the output of --progress=plain": got.all,
		"the engine's log":               mustDocker(t, "logs", "--since", began.Format(time.RFC3339), engineInDocker(t)),
		"flylocal's log":                 mustDocker(t, "logs", "--since", began.Format(time.RFC3339), "flylocal-"+testPort),
		"a label":                        mustDocker(t, append([]string{"inspect", "--format", "{{json .Config.Labels}}"}, w.containers(t, "")...)...),
	}
	values["token"] = w.plainToken(t)
	for where, text := range out {
		for name, value := range values {
			for _, form := range forms(value) {
				require.False(t, strings.Contains(text, form), "%s is in %s", name, where)
			}
		}
	}
	// A set without them again: what is no longer given stays on Fly, and the app runs with the old ones.
	w.call("--secrets", w.secrets(), "deploy", "--env", "development").ok(t)
}

func (w *world) plainToken(t testing.TB) string {
	t.Helper()
	token, err := os.ReadFile(w.token())
	require.NoError(t, err)
	return strings.TrimSpace(string(token))
}

// forms are the value as it is, line by line, and in base64.
func forms(value string) []string {
	list := []string{value, base64.StdEncoding.EncodeToString([]byte(value)), base64.RawURLEncoding.EncodeToString([]byte(value))}
	for line := range strings.Lines(value) {
		list = append(list, strings.TrimSpace(line))
	}
	return list
}

// development is the secrets that `make up` made for the first stage.
func (w *world) development(t testing.TB) map[string]string {
	t.Helper()
	b, err := os.ReadFile(strings.TrimPrefix(w.secrets(), "file://"))
	require.NoError(t, err)
	var all map[string]map[string]string
	require.NoError(t, json.Unmarshal(b, &all))
	return all["development"]
}

// engineContainer is the container of the engine that dagger uses: the one its address names, else by its image.
func engineContainer(t testing.TB) (name string, found bool) {
	t.Helper()
	if named := regexp.MustCompile(`[?&]container=([^&]+)`).FindStringSubmatch(os.Getenv("_EXPERIMENTAL_DAGGER_RUNNER_HOST")); named != nil {
		return named[1], true
	}
	for line := range strings.Lines(mustDocker(t, "ps", "--format", "{{.Names}} {{.Image}}")) {
		if name, image, _ := strings.Cut(strings.TrimSpace(line), " "); strings.Contains(image, "dagger") && strings.Contains(image, "engine") {
			return name, true
		}
	}
	return "", false
}

// engineInDocker is the engine's container, where there is one.
func engineInDocker(t testing.TB) string {
	t.Helper()
	name, found := engineContainer(t)
	require.True(t, found, "no engine runs in docker, so its log cannot be read")
	return name
}
