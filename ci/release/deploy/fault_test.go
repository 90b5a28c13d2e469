package deploy_test

import (
	"encoding/base64"
	"encoding/json"
	"net/http"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/renewa/pipeline/ci/config/secret"
)

// faults has the failures of a request, in the form that flylocal reads.
var faults = map[string]map[string]any{
	"408":                         {"status": 408},
	"429":                         {"status": 429},
	"500":                         {"status": 500},
	"502":                         {"status": 502},
	"503":                         {"status": 503},
	"a cut connection":            {"kind": "cut"},
	"done, and the answer lost":   {"kind": "lost"},
	"no memory on the host":       {"kind": "no-memory"},
	"an answer of another server": {"status": 504, "text": "<html>Gateway Timeout</html>"},
}

// calls returns the requests of a deploy that changes image and secrets, each kind once.
func calls(t *testing.T) []string {
	w := open(t)
	w.deploy(w.request(w.image(nil)))
	w.wire.writes()
	r := w.request(w.image(nil))
	r.Secrets = otherSecrets
	w.wire.log = nil
	w.deploy(r)
	var kinds []string
	for _, line := range w.wire.log {
		kinds = append(kinds, pattern(line))
	}
	slices.Sort(kinds)
	return slices.Compact(kinds)
}

var (
	otherSecrets = given.With("JWT_SECRET", secret.NewValue("another-planted-secret"))
	id           = regexp.MustCompile(`/(machines|releases)/[^/]+`)
)

func pattern(line string) string { return id.ReplaceAllString(line, "/$1/*") }

func (w *world) fault(call string, fault map[string]any, times int) {
	w.Helper()
	method, path, _ := strings.Cut(call, " ")
	body := map[string]any{"method": method, "path": path, "times": times}
	for k, v := range fault {
		body[k] = v
	}
	text, err := json.Marshal(body)
	require.NoError(w, err)
	w.admin(http.MethodPost, string(text))
}

func (w *world) admin(method, body string) {
	w.Helper()
	req, err := http.NewRequestWithContext(w.Context(), method, "http://flylocal-4280:4280/_flylocal/faults", strings.NewReader(body))
	require.NoError(w, err)
	req.Header.Set("Authorization", "Bearer "+w.fly.OrgToken())
	answer, err := w.fly.Transport().RoundTrip(req)
	require.NoError(w, err)
	defer answer.Body.Close()
	require.Equal(w, http.StatusOK, answer.StatusCode)
}

// requireSafe requires that exactly two machines were ever made, unless hosts are full, and that no output has a secret.
func (w *world) requireSafe(what string, err error) {
	w.Helper()
	require.True(w, w.moves || w.countMade() == 2, "%s: never two machines for one", what)
	w.mu.Lock()
	output := strings.Join(w.lines, "\n")
	w.mu.Unlock()
	if err != nil {
		output += err.Error()
	}
	for _, set := range []secret.Set{given, otherSecrets} {
		for _, v := range set.All() {
			require.NotContains(w, output, v.Reveal(), what)
			require.NotContains(w, output, base64.StdEncoding.EncodeToString([]byte(v.Reveal())), what)
		}
	}
}

func TestADeploySucceedsAfterOneFailureOfAnyCall(t *testing.T) {
	every := calls(t)
	for reason, fault := range faults {
		t.Run(reason, func(t *testing.T) {
			t.Parallel()
			w := open(t)
			w.moves = reason == "no memory on the host"
			v1, v2 := w.image(nil), w.image(nil)
			w.deploy(w.request(v1))
			for i, call := range every {
				r := w.request(v2)
				r.Secrets = otherSecrets
				if i%2 == 1 {
					r = w.request(v1)
				}
				w.fault(call, fault, 1)
				err := w.tryAll(r)
				require.NoError(t, err, call)
				w.admin(http.MethodDelete, "")
				w.requireMachines(2, r.Image)
				w.requireSafe(call, nil)
			}
			t.Logf("%s: %d calls, %d deploys", reason, len(every), len(every))
		})
	}
}

func TestAPermanentFailureOfAnyCallIsReportedAndTheNextDeploySucceeds(t *testing.T) {
	every := calls(t)
	for reason, fault := range faults {
		t.Run(reason, func(t *testing.T) {
			t.Parallel()
			w := open(t)
			w.moves = reason == "no memory on the host"
			v1, v2 := w.image(nil), w.image(nil)
			w.deploy(w.request(v1))
			failed := 0
			for i, call := range every {
				r := w.request(v2)
				r.Secrets = otherSecrets
				if i%2 == 1 {
					r = w.request(v1)
				}
				w.fault(call, fault, 1000)
				err := w.tryAll(r)
				w.admin(http.MethodDelete, "")
				if err != nil {
					failed++
					require.Regexp(t, `Fly (refused|failed at)|no answer from Fly|leased by`, err.Error(), call)
					require.Regexp(t, `\b(machine|list|secrets|release|lease|plan|verify)`, err.Error(), call)
				}
				w.requireSafe(call, err)
				w.fly.Cloud().Expire()
				require.Eventually(t, func() bool {
					for _, m := range w.app().Machines {
						if m.State == "replacing" {
							return false
						}
					}
					return true
				}, patience, time.Millisecond)
				w.deploy(r)
				w.requireMachines(2, r.Image)
				w.requireSafe(call, nil)
			}
			t.Logf("%s: %d calls, %d failed with a reason, the next deploy succeeded each time", reason, len(every), failed)
			require.Greater(t, failed, 4)
		})
	}
}
