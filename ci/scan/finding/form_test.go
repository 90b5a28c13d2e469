package finding_test

import (
	"errors"
	"io/fs"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/renewa/pipeline/ci/scan"
	"github.com/renewa/pipeline/ci/scan/finding"
)

func TestABaselineIsReadMissingOrUnreadable(t *testing.T) {
	const one = "version = 1\n[[finding]]\nfingerprint = \"0123456789abcdef\"\n"
	stated := scan.Settings{Threshold: "high", Baseline: "baseline.toml"}
	for reason, c := range map[string]struct {
		settings scan.Settings
		text     string
		err      error // of reading the file
		writing  bool
		want     finding.Baseline
		error    string
	}{
		"none is stated":                      {settings: scan.Settings{Threshold: "high"}, err: errors.New("the file was read")},
		"it is read":                          {settings: stated, text: one, want: finding.Baseline{"0123456789abcdef": true}},
		"it is read while one is made":        {settings: stated, text: one, writing: true, want: finding.Baseline{"0123456789abcdef": true}},
		"it is missing":                       {settings: stated, err: fs.ErrNotExist, error: "the baseline baseline.toml, which [scan] names, does not exist\nto create it: dagger call scanner baseline -o baseline.toml"},
		"it is missing while one is made":     {settings: stated, err: fs.ErrNotExist, writing: true},
		"it cannot be read":                   {settings: stated, err: errors.New("no answer"), error: "the baseline baseline.toml cannot be read: no answer"},
		"it cannot be read while one is made": {settings: stated, err: errors.New("no answer"), writing: true, error: "the baseline baseline.toml cannot be read: no answer"},
		"it is broken":                        {settings: stated, text: "version = 2\n", error: "unknown version 2"},
	} {
		p, err := finding.ReadPolicy(c.settings, func(string) ([]byte, error) { return []byte(c.text), c.err }, c.writing)
		if c.error != "" {
			require.ErrorContains(t, err, c.error, reason)
			continue
		}
		require.NoError(t, err, reason)
		require.Equal(t, c.want, p.Baseline, reason)
		require.Equal(t, finding.High, p.Threshold, reason)
	}
}

func TestAReportThatFailsIsTheErrorInEachFormat(t *testing.T) {
	good, bad := finding.Report{Name: "scan"}, finding.Report{Name: "scan", NotRun: []string{"gitleaks did not scan"}}
	for _, format := range []string{"text", "md", "json", "sarif"} {
		form, err := finding.FormOf(format)
		require.NoError(t, err)
		text, err := good.Text(form)
		require.NoError(t, err)
		require.NotEmpty(t, text)
		text, err = bad.Text(form)
		require.Empty(t, text)
		require.ErrorContains(t, err, "gitleaks", format)
	}
	_, err := finding.FormOf("html")
	require.EqualError(t, err, `unknown format "html": use text, md, json or sarif`)
}

func TestTheFilesOfAReportAreItsFormats(t *testing.T) {
	files, err := full(t).Files()
	require.NoError(t, err)
	var names []string
	for _, f := range files {
		names = append(names, f.Name)
	}
	require.Equal(t, []string{"scan.txt", "scan.md", "scan.json", "scan.sarif"}, names)
	require.Equal(t, full(t).Markdown(), files[1].Text)
}
