//go:build acceptance

package acceptance

import (
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/owenrumney/go-sarif/v3/pkg/report/v210/sarif"
	"github.com/stretchr/testify/require"
)

func TestTheCleanTreeIsScannedOnceAndReportedInEveryFormat(t *testing.T) {
	c, out, began := checked(t), t.TempDir(), time.Now()
	c.call("scanner", "report", "-o", out).ok(t)
	var report struct {
		NotRun   []string `json:"not_run"`
		Tools    []struct{ Name, Version string }
		Database struct{ Digest, Sample string } `json:"vulnerability_database"`
		Findings []struct{ Status string }
	}
	readJSON(t, filepath.Join(out, "scan.json"), &report)
	require.Empty(t, report.NotRun)
	require.Len(t, report.Tools, 4)
	require.NotEmpty(t, report.Database.Digest)
	for _, f := range report.Findings {
		require.NotEqual(t, "fails", f.Status)
	}
	log, err := sarif.Open(filepath.Join(out, "scan.sarif"))
	require.NoError(t, err)
	require.NoError(t, log.Validate())
	require.Len(t, log.Runs[0].Results, len(report.Findings))

	var cyclone struct{ BOMFormat string }
	readJSON(t, filepath.Join(out, "image.cdx.json"), &cyclone)
	require.Equal(t, "CycloneDX", cyclone.BOMFormat)
	var spdx struct {
		SPDXVersion string
		Packages    []struct{ Name string }
	}
	readJSON(t, filepath.Join(out, "image.spdx.json"), &spdx)
	require.Greater(t, len(spdx.Packages), 100)

	again := c.call("scan").ok(t)
	require.Contains(t, again.stdout, "scan passed: no finding of severity high or worse")
	wantNothingRan(t, again, began)
	for name, text := range map[string]string{"scan.txt": again.stdout, "scan.md": again.stdout} {
		written, err := os.ReadFile(filepath.Join(out, name))
		require.NoError(t, err)
		require.NotEmpty(t, written)
		if report.Database.Sample != "" {
			require.Contains(t, string(written), "only a test sample of "+report.Database.Sample+": this is NOT a real scan")
			require.Contains(t, text, "this is NOT a real scan")
		}
	}
}

// Every scanner fails for a reason of its own. None of them may count as a scan without findings.
func TestAScannerThatCouldNotRunIsNoScanWithoutFindings(t *testing.T) {
	whole, c := checked(t), checkout(filepath.Join(t.TempDir(), "shallow"))
	require.NoError(t, whole.commit("another, so that one is missing"))
	out, err := exec.CommandContext(t.Context(), "git", "clone", "-q", "--depth", "1", "file://"+string(whole), string(c)).CombinedOutput()
	require.NoError(t, err, "%s", out)
	c.edit(t, "pipeline.toml", "[scan]\n", "[scan]\nrules = [\"semgrep\"]\n")
	require.NoError(t, os.Mkdir(c.path("semgrep"), 0o755))
	c.write(t, "semgrep/broken.yaml", "rules: [{id: broken, languages: [go], severity: INFO, message: x, pattern: \"foo(((\"}]\n")

	got := c.asking("tcp://127.0.0.1:1", "ci", "--only", "trivy-image,trivy-lockfiles,semgrep,gitleaks,audit").run(t)
	require.Equal(t, 1, got.code)
	for step, why := range map[string]string{
		"trivy-image":     "the vulnerability database ",
		"trivy-lockfiles": "the vulnerability database ",
		"semgrep":         "(?i)rule parse error",
		"gitleaks":        "this clone is shallow",
		"audit":           "the vulnerability database ",
	} {
		require.Regexp(t, `(?m)^`+step+` +not run .* dagger call (ci --only|scanner) `+step+`$`, got.stderr)
		require.Regexp(t, "── "+step+"\n(.*\n)*.*"+why, got.stderr)
	}
	require.Contains(t, got.stderr, "5 of 5 steps did not pass")

	c.edit(t, "pipeline.toml", "[scan]\n", "[scan]\nbaseline = \"old.toml\"\n")
	missing := c.call("scan").run(t)
	require.Contains(t, missing.stderr, "the baseline old.toml, which [scan] names, does not exist\nto create it: dagger call scanner baseline -o old.toml")
	c.write(t, "old.toml", "version = 2\n[[finding]]\nfingerprint = \"x\"\n")
	got = c.call("scan").run(t)
	require.Equal(t, 1, got.code)
	require.Contains(t, got.stderr, "old.toml:1: version: unknown version 2")
	require.Contains(t, got.stderr, `old.toml:3: finding[0].fingerprint: "x" is not a fingerprint`)
}

func TestAScannerWithoutItsImageOrWithoutTimeDidNotRun(t *testing.T) {
	c := checked(t)
	c.edit(t, ".dagger/container/pins.go", `Gitleaks = "`, `Gitleaks = "127.0.0.1:1/nobody/`)
	toml, err := os.ReadFile(c.path("pipeline.toml"))
	require.NoError(t, err)
	before, scan, _ := strings.Cut(string(toml), "[scan]\n")
	c.write(t, "pipeline.toml", before+"[scan]\n"+regexp.MustCompile(`(?m)^timeout = .*$`).ReplaceAllString(scan, `timeout = "1s"`))

	got := c.call("ci", "--only", "semgrep,gitleaks").run(t)
	require.Equal(t, 1, got.code)
	for step, why := range map[string]string{
		"semgrep":  "timeout is 1s",
		"gitleaks": "127.0.0.1:1/nobody/zricethezav/gitleaks",
	} {
		require.Regexp(t, `(?m)^`+step+` +not run .* dagger call scanner `+step+`$`, got.stderr)
		require.Regexp(t, "── "+step+"\n(.*\n)*.*"+why, got.stderr)
		require.Contains(t, got.stderr, "to run it alone: dagger call scanner "+step)
	}
}

// The engine keeps the layers as the scanner took them, uncompressed. pipeline.toml limits the size of what is deployed.
func TestAnImageThatWasScannedIsDeployedCompressed(t *testing.T) {
	w, source := deployed(t), another(t)
	source.edit(t, "renewa-one/backend/src/main.ts", "\n", fmt.Sprintf("\nconsole.info(\"scanned %d\");\n", time.Now().UnixNano()))
	scan := []string{"ci", "--only", "trivy-image"}
	if server := os.Getenv("ADVISORIES"); server != "" {
		scan = append([]string{"--advisories", server}, scan...)
	}
	w.of(source, scan...).ok(t)
	got := w.of(source, "--secrets", w.secrets(), "deploy", "--env", "development").ok(t)
	require.Regexp(t, digestRow, got.stdout)
	w.call("--secrets", w.secrets(), "deploy", "--env", "development").ok(t)
}

func readJSON(t testing.TB, name string, into any) {
	t.Helper()
	text, err := os.ReadFile(name)
	require.NoError(t, err)
	require.NoError(t, json.Unmarshal(text, into))
}
