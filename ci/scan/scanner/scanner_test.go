package scanner_test

import (
	"bytes"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/renewa/pipeline/ci/golden"
	"github.com/renewa/pipeline/ci/scan/finding"
	"github.com/renewa/pipeline/ci/scan/scanner"
	"github.com/renewa/pipeline/ci/verify/step"
)

var passed = step.Verdict{Status: step.Passed}

// recorded are reports of the real tools, by the names that a step expects.
func recorded(t testing.TB, names map[string]string) fstest.MapFS {
	t.Helper()
	results := fstest.MapFS{}
	for name, file := range names {
		data, err := os.ReadFile(filepath.Join("testdata", file))
		require.NoError(t, err)
		results[name] = &fstest.MapFile{Data: data}
	}
	return results
}

var look = scanner.Lookup{Digest: "sha256:0123456789abcdef", Sample: "12 advisories", Denied: []string{"MIT"}, Timeout: time.Minute}

// scans is every scanner with reports of its real tool.
func scans(t testing.TB) map[string]struct {
	scanner scanner.Scanner
	results fstest.MapFS
} {
	return map[string]struct {
		scanner scanner.Scanner
		results fstest.MapFS
	}{
		"gitleaks":        {scanner.Gitleaks(time.Minute), recorded(t, map[string]string{"gitleaks.json": "gitleaks.json", "shallow.txt": "shallow.txt"})},
		"semgrep":         {scanner.Semgrep("src", "rules", time.Minute), recorded(t, map[string]string{"semgrep.json": "semgrep.json", "semgrep.sarif": "semgrep.sarif"})},
		"trivy-image":     {scanner.TrivyImage("Dockerfile", look), recorded(t, map[string]string{"image.json": "image.json", "database.json": "database.json"})},
		"trivy-lockfiles": {scanner.TrivyLockfiles("web", look), recorded(t, map[string]string{"lockfiles.json": "lockfiles.json", "database.json": "database.json"})},
		"trivy-config":    {scanner.TrivyConfig("deploy/Dockerfile", time.Minute), recorded(t, map[string]string{"config.json": "config.json", "fly/fly.toml": "fly.toml"})},
		"npm":             {scanner.Audit("web", []string{"package-lock.json"}, time.Minute), recorded(t, map[string]string{"audit-1.json": "npm.json"})},
		"bun":             {scanner.Audit("web", []string{"bun.lock"}, time.Minute), recorded(t, map[string]string{"audit-1.json": "bun.json"})},
	}
}

func TestReportsOfTheRealToolsAreReadAsFindings(t *testing.T) {
	for name, s := range scans(t) {
		t.Run(name, func(t *testing.T) {
			found, err := s.scanner.Found(s.results, passed)
			require.NoError(t, err)
			report := finding.Report{Name: s.scanner.Name, Tools: []finding.Tool{found.Tool}, Database: found.Database, Notes: found.Notes, At: time.Date(2024, 6, 20, 0, 0, 0, 0, time.UTC)}
			golden.Equal(t, name+".txt", report.Apply(finding.Policy{}, finding.Merge(found.Findings)).String())
			for _, f := range found.Findings {
				require.NotEmpty(t, f.Fingerprint)
				require.NotContains(t, f.Fingerprint+f.Title+f.Why, "secret thing", "a report shows a secret")
			}
		})
	}
}

func TestAReportThatIsNotWholeIsNeverNoFindings(t *testing.T) {
	for name, s := range scans(t) {
		for report := range s.results {
			if !strings.Contains(report, ".json") && !strings.Contains(report, ".sarif") {
				continue
			}
			for reason, change := range map[string]func(fstest.MapFS){
				"missing":   func(fs fstest.MapFS) { delete(fs, report) },
				"empty":     func(fs fstest.MapFS) { fs[report] = &fstest.MapFile{} },
				"cut short": func(fs fstest.MapFS) { fs[report] = &fstest.MapFile{Data: fs[report].Data[:len(fs[report].Data)/2]} },
				"two in one": func(fs fstest.MapFS) {
					fs[report] = &fstest.MapFile{Data: append(append([]byte{}, fs[report].Data...), fs[report].Data...)}
				},
				"null": func(fs fstest.MapFS) { fs[report] = &fstest.MapFile{Data: []byte("null")} },
				"of another version": func(fs fstest.MapFS) {
					fs[report] = &fstest.MapFile{Data: []byte(`{"version": "9", "SchemaVersion": 9, "auditReportVersion": 9}`)}
				},
				"an error page": func(fs fstest.MapFS) { fs[report] = &fstest.MapFile{Data: []byte("<html>502</html>")} },
				"a text":        func(fs fstest.MapFS) { fs[report] = &fstest.MapFile{Data: []byte(`"no findings"`)} },
			} {
				t.Run(name+" "+report+" "+reason, func(t *testing.T) {
					results := fstest.MapFS{}
					for k, v := range s.results {
						results[k] = v
					}
					change(results)
					_, err := s.scanner.Found(results, passed)
					require.ErrorContains(t, err, s.scanner.Name+" did not scan: ")
				})
			}
		}
	}
}

func TestAScannerThatCrashedOrWasEndedDidNotDoItsWork(t *testing.T) {
	crashed := 137
	for reason, c := range map[string]struct {
		code *int
		want string
	}{
		"it crashed":   {&crashed, "out of memory"},
		"it was ended": {nil, "out of memory\n  | timeout in [scan] states how long a scanner may take"},
	} {
		t.Run(reason, func(t *testing.T) {
			v := step.Verdict{Status: step.Failed, Reasons: []string{reason}, Commands: []step.Command{{Run: "gitleaks", Code: c.code, Last: []string{"out of memory"}}}}
			_, err := scanner.Gitleaks(time.Minute).Found(recorded(t, map[string]string{"gitleaks.json": "gitleaks.json", "shallow.txt": "shallow.txt"}), v)
			require.ErrorContains(t, err, "gitleaks did not scan: "+reason+"\n  | "+c.want)
		})
	}
}

func TestAnAuditWhoseEndpointDoesNotAnswerIsAnError(t *testing.T) {
	results := recorded(t, map[string]string{"audit-1.json": "npm-unreachable.json"})
	results["run/1.log"] = &fstest.MapFile{Data: []byte("npm error audit endpoint returned an error\n")}
	_, err := scanner.Audit("web", []string{"package-lock.json"}, time.Minute).Found(results, passed)
	require.ErrorContains(t, err, "the audit of web/package-lock.json has no result: the registry did not answer with advisories: 405 Method Not Allowed")
	require.ErrorContains(t, err, "  | npm error audit endpoint returned an error")

	results["audit-1.json"] = &fstest.MapFile{}
	results["run/1.log"] = &fstest.MapFile{Data: []byte("error: POST http://advisories:5055/-/npm/v1/security/advisories/bulk - ConnectionRefused\n")}
	_, err = scanner.Audit("web", []string{"bun.lock"}, time.Minute).Found(results, passed)
	require.ErrorContains(t, err, "the audit of web/bun.lock has no result: its report audit-1.json is empty\n  | error: POST")
}

func TestTheFixOfARuleIsReported(t *testing.T) {
	results := recorded(t, map[string]string{"semgrep.json": "semgrep.json", "semgrep.sarif": "semgrep.sarif"})
	results["semgrep.json"].Data = bytes.Replace(results["semgrep.json"].Data, []byte("Pass values"), []byte("Instead: pass values"), 1)
	found, err := scanner.Semgrep("src", "rules", time.Minute).Found(results, passed)
	require.NoError(t, err)
	i := slices.IndexFunc(found.Findings, func(f finding.Finding) bool { return f.Rule == "sql-by-string" })
	require.Equal(t, "Whoever chooses the value chooses the query.", found.Findings[i].Why)
	require.Equal(t, "pass values as parameters.", found.Findings[i].Fix)
}

func TestAShallowCloneIsNotScanned(t *testing.T) {
	results := recorded(t, map[string]string{"gitleaks.json": "gitleaks.json", "shallow.txt": "shallow.txt"})
	results["shallow.txt"].Data = []byte("true\n")
	_, err := scanner.Gitleaks(time.Minute).Found(results, passed)
	require.ErrorContains(t, err, "gitleaks did not scan: this clone is shallow")
	delete(results, "shallow.txt")
	_, err = scanner.Gitleaks(time.Minute).Found(results, passed)
	require.ErrorIs(t, err, os.ErrNotExist)
}

func TestASemgrepThatFailsIsQuotedFromItsReport(t *testing.T) {
	results := fstest.MapFS{"semgrep.json": {Data: []byte(`{"version": "1.182.0", "results": [], "errors": [{"code": 2, "level": "error", "type": "Rule parse error", "message": "Rule parse error in rule x:\n Invalid pattern"}]}`)}}
	two := 2
	v := step.Verdict{Status: step.Failed, Reasons: []string{"it ended with code 2"}, Commands: []step.Command{{Run: "semgrep", Code: &two}}}
	_, err := scanner.Semgrep("src", "rules", time.Minute).Found(results, v)
	require.EqualError(t, err, "semgrep did not scan: it ended with code 2\n  | Rule parse error in rule x: Invalid pattern")
}

func TestASecretThatIsNotRedactedIsNotShown(t *testing.T) {
	results := recorded(t, map[string]string{"gitleaks.json": "gitleaks.json", "shallow.txt": "shallow.txt"})
	results["gitleaks.json"].Data = []byte(strings.ReplaceAll(string(results["gitleaks.json"].Data), "REDACTED", "ghp_x"))
	_, err := scanner.Gitleaks(time.Minute).Found(results, passed)
	require.ErrorContains(t, err, "the secret in plain text")
	require.NotContains(t, err.Error(), "ghp_x")
}

func TestAFileThatSemgrepCouldNotReadIsAnErrorAndAPartOfOneANote(t *testing.T) {
	for kind, want := range map[string]string{
		"Timeout":      "timeout in b.ts: Timeout when running slow on b.ts\nfix the file, or add it to exclude in [scan]",
		"Syntax error": "syntax error in b.ts: ",
	} {
		results := recorded(t, map[string]string{"semgrep.json": "semgrep.json", "semgrep.sarif": "semgrep.sarif"})
		broken := func(kind string) []byte {
			return []byte(strings.Replace(string(results["semgrep.json"].Data), `"errors": []`, `"errors": [{"code": 2, "level": "warn", "type": "`+kind+`", "message": "Timeout when running slow on b.ts:\n ", "path": "src/b.ts"}]`, 1))
		}
		whole := broken("PartialParsing")
		results["semgrep.json"].Data = broken(kind)
		semgrep := scanner.Semgrep("src", "rules", time.Minute)
		_, err := semgrep.Found(results, passed)
		require.ErrorContains(t, err, strings.Split(want, "\n")[0])
		results["semgrep.json"].Data = whole
		found, err := semgrep.Found(results, passed)
		require.NoError(t, err)
		require.Equal(t, []string{"semgrep could read only a part of b.ts"}, found.Notes)
	}
}

// Every report is read or refused, and the findings of those that are read can be judged.
func FuzzRead(f *testing.F) {
	all := scans(f)
	for name, s := range all {
		for _, report := range s.results {
			f.Add(name, report.Data)
		}
	}
	f.Fuzz(func(t *testing.T, name string, data []byte) {
		s, known := all[name]
		if !known {
			return
		}
		for report := range s.results {
			results := fstest.MapFS{}
			for k, v := range s.results {
				results[k] = v
			}
			results[report] = &fstest.MapFile{Data: data}
			found, err := s.scanner.Found(results, passed)
			if err != nil {
				continue
			}
			r := finding.Report{}.Apply(finding.Policy{}, finding.Merge(found.Findings))
			require.NotEmpty(t, r.String()+r.Markdown()+r.JSON())
		}
	})
}

func TestAFolderIsNoPartOfACommandWhateverItsName(t *testing.T) {
	audit := scanner.Audit(".", []string{"it's/$(here)/bun.lock"}, time.Minute)
	require.Contains(t, audit.Run[0], `cd 'it'"'"'s/$(here)' && {`)
}

func TestTheDatabaseIsDownloadedFromTheServerThatIsGivenOrFromItsOwn(t *testing.T) {
	require.Equal(t, `trivy image --download-db-only --no-progress ${ADVISORIES:+--insecure} --db-repository "${ADVISORIES:-ghcr.io}/aquasecurity/trivy-db@sha256:1"`,
		scanner.Download("ghcr.io/aquasecurity/trivy-db:2", "sha256:1"))
}
