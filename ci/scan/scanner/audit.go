package scanner

import (
	"fmt"
	"io/fs"
	"path"
	"strings"
	"time"

	"al.essio.dev/pkg/shellescape"

	"github.com/renewa/pipeline/ci/scan/finding"
	"github.com/renewa/pipeline/ci/verify/step"
)

// audits are the commands by the names of scan.Audited. Both end with code 1 for findings and for an endpoint that
// does not answer; only their reports differ.
var audits = map[string]string{
	"bun.lock":          "bun audit --json",
	"package-lock.json": "npm audit --json",
}

// ServerVariable names the variable with the address of a server to use in place of the official ones; it may be empty.
const ServerVariable = "ADVISORIES"

const elsewhere = `${ADVISORIES:+env npm_config_registry=http://$ADVISORIES BUN_CONFIG_REGISTRY=http://$ADVISORIES}`

// Audit asks the registry for advisories on every lockfile. Each lies beside its package.json, below the step's folder
// under the path that it has below the app's context.
func Audit(context string, lockfiles []string, timeout time.Duration) Scanner {
	s := Scanner{Check: step.Check{Name: step.AuditStep, Own: step.AuditStep, Timeout: timeout}}
	for i, file := range lockfiles {
		report := auditReport(i)
		s.Run = append(s.Run, fmt.Sprintf(`out=$PWD/%s; cd %s && { %s %s >"$out"; [ $? -le 1 ]; }`, report, shellescape.Quote(path.Dir(file)), elsewhere, audits[path.Base(file)]))
		s.Reports = append(s.Reports, report)
	}
	s.Read = func(results fs.FS) (Found, error) {
		found := Found{Tool: finding.Tool{Name: step.AuditStep}}
		for i, file := range lockfiles {
			read := readNPM
			if path.Base(file) == "bun.lock" {
				read = readBun
			}
			list, err := read(results, auditReport(i), path.Join(context, file))
			if err != nil {
				log, _ := fs.ReadFile(results, fmt.Sprintf("run/%d.log", i+1)) // a command without output has no log
				return Found{}, fmt.Errorf("the audit of %s has no result: %w\n  | %s", path.Join(context, file), err, strings.Join(strings.Split(strings.TrimSpace(string(log)), "\n"), "\n  | "))
			}
			found.Findings = append(found.Findings, list...)
		}
		return found, nil
	}
	return s
}

func auditReport(i int) string { return fmt.Sprintf("audit-%d.json", i+1) }

// An advisory is a registry's, with the fields that both tools pass on.
type advisory struct {
	ID       int
	Source   int
	Name     string
	Title    string
	URL      string
	Severity string
	Range    string
	Affected string `json:"vulnerable_versions"`
	CVSS     struct{ Score float64 }
}

func (a advisory) finding(name, lockfile string) (finding.Finding, error) {
	if name == "" || a.URL == "" || a.Severity == "" {
		return finding.Finding{}, fmt.Errorf("an advisory has no package, address or severity: %w", errVersion)
	}
	severity, err := finding.ParseSeverity(strings.NewReplacer("moderate", "medium", "info", "low").Replace(a.Severity))
	if err != nil {
		return finding.Finding{}, err
	}
	return finding.Finding{
		Kind: finding.Vulnerability, Tools: []string{step.AuditStep}, Rule: path.Base(a.URL), Severity: severity, Score: a.CVSS.Score,
		Title: a.Title, Fix: fmt.Sprintf("upgrade %s: versions %s are affected", name, a.Range+a.Affected), Link: a.URL,
		Ecosystem: "npm", Package: name, Places: []finding.Place{{Path: lockfile}},
	}, nil
}

// readBun reads the registry's answer, which Bun passes on unchanged: advisories by package.
func readBun(results fs.FS, report, lockfile string) (list []finding.Finding, err error) {
	var packages map[string][]advisory
	if err := decode(results, report, &packages); err != nil {
		return nil, err
	}
	if packages == nil {
		return nil, errVersion
	}
	for name, advisories := range packages {
		for _, a := range advisories {
			f, err := a.finding(name, lockfile)
			if err != nil {
				return nil, err
			}
			list = append(list, f)
		}
	}
	return list, nil
}
