package main

import (
	"bytes"
	"compress/gzip"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

const known = `{"registry": "http://npm.example/", "advisories": [{
	"id": "GHSA-xvch-5gv4-984h", "summary": "minimist: a hole",
	"severity": [{"type": "CVSS_V3", "score": "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H"}],
	"affected": [
		{"package": {"ecosystem": "npm", "name": "minimist"}, "ranges": [{"events": [{"introduced": "1.0.0"}, {"fixed": "1.2.6"}]}]},
		{"package": {"ecosystem": "npm", "name": "minimist"}, "ranges": [{"events": [{"introduced": "0"}, {"fixed": "0.2.4"}]}]}],
	"database_specific": {"cwe_ids": ["CWE-1321"], "severity": "CRITICAL"}}]}`

// serve has the given text as its file, or none.
func serve(t *testing.T, text string) audit {
	a := audit{file: filepath.Join(t.TempDir(), "advisories.json"), shelf: http.NotFoundHandler()}
	if text != "" {
		if err := os.WriteFile(a.file, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return a
}

func ask(a audit, method, path string, body []byte, header ...string) *httptest.ResponseRecorder {
	r, w := httptest.NewRequest(method, path, bytes.NewReader(body)), httptest.NewRecorder()
	if len(header) == 2 {
		r.Header.Set(header[0], header[1])
	}
	a.ServeHTTP(w, r)
	return w
}

func TestOnlyVulnerableVersionsAreNamed(t *testing.T) {
	a := serve(t, known)
	for versions, vulnerable := range map[string]bool{
		`"1.2.5"`:          true,
		`"1.2.6"`:          false,
		`"1.2.6-rc.1"`:     true,
		`"0.2.3"`:          true,
		`"0.2.4"`:          false,
		`"0.0.0-alpha"`:    true,
		`"1.2.8", "1.0.0"`: true,
		`"file:../here"`:   false,
	} {
		answer := ask(a, "POST", question, []byte(`{"minimist": [`+versions+`], "left-pad": ["1.0.0"]}`)).Body.String()
		if strings.Contains(answer, "minimist: a hole") != vulnerable {
			t.Errorf("minimist %s: %s", versions, answer)
		}
	}
}

func TestAnAnswerHasWhatNpmShows(t *testing.T) {
	var zipped bytes.Buffer
	w := gzip.NewWriter(&zipped)
	_, _ = w.Write([]byte(`{"minimist": ["1.2.5"]}`))
	_ = w.Close()
	var found map[string][]finding
	answer := ask(serve(t, known), "POST", question, zipped.Bytes(), "Content-Encoding", "gzip")
	if err := json.Unmarshal(answer.Body.Bytes(), &found); err != nil || len(found["minimist"]) != 1 {
		t.Fatalf("%v: %s", err, answer.Body)
	}
	one := found["minimist"][0]
	if one.Versions != ">=1.0.0 <1.2.6 || <0.2.4" || one.Severity != "critical" || one.CVSS.Score != 9.8 || one.ID == 0 ||
		one.URL != "https://github.com/advisories/GHSA-xvch-5gv4-984h" {
		t.Errorf("%+v", one)
	}
}

func TestNpmsOtherQuestionsGoToItsOwnRegistry(t *testing.T) {
	answer := ask(serve(t, known), "GET", "/@scope%2fname?write=true", nil)
	if at := answer.Header().Get("Location"); answer.Code != 307 || at != "http://npm.example/@scope%2fname?write=true" {
		t.Errorf("%d %s", answer.Code, at)
	}
}

func TestWhatCannotBeAnsweredIsNeverAnEmptyAnswer(t *testing.T) {
	for reason, c := range map[string]struct {
		text, body string
		code       int
	}{
		"no advisories":     {"", `{}`, 404},
		"broken advisories": {`{"advisories": [`, `{}`, 500},
		"broken question":   {known, `{"minimist": `, 400},
	} {
		if answer := ask(serve(t, c.text), "POST", question, []byte(c.body)); answer.Code != c.code {
			t.Errorf("%s: %d %s", reason, answer.Code, answer.Body)
		}
	}
}
