package scanner

import (
	"cmp"
	"fmt"
	"io/fs"
	"maps"
	"path"
	"slices"
	"strings"

	"github.com/aquasecurity/trivy/pkg/types"

	"github.com/renewa/pipeline/ci/scan/finding"
)

// trivy is the name of the tool, which three steps run.
const trivy = "trivy"

// A trivyReader reads a report of Trivy.
type trivyReader struct {
	report string
	place  func(types.Result) finding.Place // the place of a result in the repository
	denied []string                         // patterns of licences: a package with one fails
}

func (r trivyReader) read(results fs.FS) (finding.Tool, []finding.Finding, error) {
	tool := finding.Tool{Name: trivy}
	var report types.Report
	if err := decode(results, r.report, &report); err != nil {
		return tool, nil, err
	}
	if report.SchemaVersion != 2 || report.ArtifactType == "" {
		return tool, nil, fmt.Errorf("%s: %w", r.report, errVersion)
	}
	tool.Version = report.Trivy.Version
	var list []finding.Finding
	for _, result := range report.Results {
		for _, v := range result.Vulnerabilities {
			list = append(list, r.vulnerability(result, v))
		}
		for _, m := range result.Misconfigurations {
			if m.Status == types.MisconfStatusFailure {
				list = append(list, r.misconfiguration(result, m))
			}
		}
		for _, l := range result.Licenses {
			if pattern := denied(r.denied, l.Name); pattern != "" {
				list = append(list, r.licence(result, l, pattern))
			}
		}
	}
	return tool, list, nil
}

// severityOf is the rating of the vendor that Trivy chose, or the most severe one.
func severityOf(v types.DetectedVulnerability) finding.Severity {
	if chosen, ok := v.VendorSeverity[v.SeveritySource]; ok {
		return trivySeverity(chosen.String())
	}
	worst := slices.Max(append(slices.Collect(maps.Values(v.VendorSeverity)), 0)) // 0 is unknown
	return trivySeverity(worst.String())
}

func (r trivyReader) vulnerability(result types.Result, v types.DetectedVulnerability) finding.Finding {
	place := r.place(result)
	place.Version = v.InstalledVersion
	for _, more := range []string{v.PkgPath, layer(v.Layer.DiffID)} {
		if more != "" {
			place.In = strings.TrimPrefix(place.In+", "+more, ", ")
		}
	}
	f := finding.Finding{
		Kind: finding.Vulnerability, Tools: []string{trivy}, Rule: v.VulnerabilityID, Aliases: v.VendorIDs, Severity: severityOf(v),
		Title: cmp.Or(v.Title, v.VulnerabilityID+" in "+v.PkgName), Why: short(v.Description), Link: v.PrimaryURL,
		Ecosystem: ecosystem(result), Package: v.PkgName, Places: []finding.Place{place}, Score: score(v),
	}
	f.Fix = fmt.Sprintf("upgrade %s to %s", v.PkgName, v.FixedVersion)
	if f.Unfixed = v.FixedVersion == ""; f.Unfixed {
		f.Fix = fmt.Sprintf("no version of %s has a fix yet (%s): replace the package, or add a waiver", v.PkgName, v.Status.String())
	}
	return f
}

func (r trivyReader) misconfiguration(result types.Result, m types.DetectedMisconfiguration) finding.Finding {
	place := r.place(result)
	place.Line = m.CauseMetadata.StartLine
	anchor := m.Message
	for _, line := range m.CauseMetadata.Code.Lines {
		anchor += "\n" + line.Content
	}
	return finding.Finding{
		Kind: finding.Misconfiguration, Tools: []string{trivy}, Rule: m.ID, Severity: trivySeverity(m.Severity),
		Title: cmp.Or(m.Message, m.Title), Why: short(m.Description), Fix: m.Resolution, Link: m.PrimaryURL, Anchor: anchor, Places: []finding.Place{place},
	}
}

func (r trivyReader) licence(result types.Result, l types.DetectedLicense, pattern string) finding.Finding {
	place := r.place(result)
	return finding.Finding{
		Kind: finding.Licence, Tools: []string{trivy}, Rule: l.Name, Severity: finding.High,
		Title:     fmt.Sprintf("%s is under %s", cmp.Or(l.PkgName, l.FilePath), l.Name),
		Fix:       fmt.Sprintf("use another package: [scan] licences_denied has %q", pattern),
		Ecosystem: ecosystem(result), Package: cmp.Or(l.PkgName, l.FilePath), Places: []finding.Place{place}, Link: l.Link,
	}
}

func denied(patterns []string, name string) string {
	i := slices.IndexFunc(patterns, func(p string) bool {
		ok, err := path.Match(p, name)
		return ok && err == nil
	})
	if i < 0 {
		return ""
	}
	return patterns[i]
}

// ecosystem is the registry or distribution that a package's name belongs to.
func ecosystem(result types.Result) string {
	switch t := string(result.Type); t {
	case "bun", "npm", "yarn", "pnpm", "node-pkg", "javascript":
		return "npm"
	case "gomod", "gobinary":
		return "go"
	case "":
		return string(result.Class)
	default:
		return t
	}
}

func trivySeverity(name string) finding.Severity {
	s, err := finding.ParseSeverity(name)
	if err != nil {
		return finding.High // an unknown severity must not pass
	}
	return s
}

func score(v types.DetectedVulnerability) (highest float64) {
	for _, cvss := range v.CVSS {
		highest = max(highest, cvss.V3Score, cvss.V40Score)
	}
	return highest
}

func layer(diff string) string {
	if diff == "" {
		return ""
	}
	return fmt.Sprintf("layer %.19s", diff)
}

// short is the beginning of an advisory's text.
func short(text string) string {
	text, _, _ = strings.Cut(finding.Normal(text), "### ")
	if len(text) <= 300 {
		return text
	}
	return text[:strings.LastIndex(text[:300], " ")+1] + "…"
}
