package flylocal_test

import (
	"encoding/json"
	"net/http"
	"net/url"
	"os"
	"regexp"
	"strings"
	"testing"

	"github.com/google/shlex"
	"github.com/stretchr/testify/require"
)

func readme(t *testing.T) string {
	t.Helper()
	text, err := os.ReadFile("README.md")
	require.NoError(t, err)
	return string(text)
}

func TestTheReadmeHasTheExampleThatIsTested(t *testing.T) {
	example, err := os.ReadFile("package_example_test.go")
	require.NoError(t, err)
	require.Contains(t, readme(t), "```go\n"+string(example)+"```\n")
}

// curl is the request of a documented line.
type curl struct{ method, path, token, body string }

func curls(t *testing.T, text, token string) (all []curl) {
	t.Helper()
	for _, line := range regexp.MustCompile(`(?m)^curl .*$`).FindAllString(text, -1) {
		words, err := shlex.Split(strings.ReplaceAll(line, "$TOKEN", token))
		require.NoError(t, err, line)
		c := curl{method: http.MethodGet}
		for i := 1; i < len(words); i++ {
			switch words[i] {
			case "-fsS":
			case "-X":
				i++
				c.method = words[i]
			case "-H":
				i++
				c.token = strings.TrimPrefix(words[i], "Authorization: Bearer ")
			case "-d":
				i++
				c.body = words[i]
			default:
				u, err := url.Parse(words[i])
				require.NoError(t, err, line)
				require.Equal(t, "localhost:4280", u.Host, line)
				c.path = u.Path
			}
		}
		all = append(all, c)
	}
	return all
}

type listed struct {
	Faults []map[string]any
	Limits bool `json:"rate_limits"`
}

func (w *world) listed() (l listed) {
	w.Helper()
	status, body := w.do("GET", "/_flylocal/faults", w.fly.OrgToken(), nil)
	require.Equal(w, http.StatusOK, status)
	require.NotContains(w, body, "null")
	require.NoError(w, json.Unmarshal([]byte(body), &l))
	return l
}

// Each line of the README is sent as curl would send it; each fault is then listed as it was sent.
func TestTheCurlLinesOfTheReadmeWork(t *testing.T) {
	w := open(t)
	w.app("web")
	all := curls(t, readme(t), w.fly.OrgToken())
	kinds, sent := map[string]bool{}, 0
	for _, c := range all {
		if c.body == "" {
			c.body = "null"
		}
		status, body := w.do(c.method, c.path, c.token, json.RawMessage(c.body))
		require.Equal(t, http.StatusOK, status, "%v: %s", c, body)
		var fault map[string]any
		require.NoError(t, json.Unmarshal([]byte(c.body), &fault))
		switch {
		case c.method == http.MethodGet:
			require.Len(t, w.listed().Faults, sent)
		case c.method == http.MethodDelete:
			sent = 0
			require.Empty(t, w.listed().Faults)
		case fault["rate_limits"] != nil:
			require.Equal(t, fault["rate_limits"], w.listed().Limits)
		default:
			sent++
			got := w.listed().Faults
			require.Len(t, got, sent)
			for field, v := range fault {
				require.Equal(t, v, got[sent-1][field], c.body)
			}
			kind, _ := fault["kind"].(string)
			kinds[kind] = true
		}
	}
	require.Len(t, kinds, 9, "a status and every kind has a line: %v", kinds)
}
