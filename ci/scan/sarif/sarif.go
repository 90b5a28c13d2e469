// Package sarif writes a scan's report as SARIF 2.1.0, as GitHub's code scanning wants it.
package sarif

import (
	"encoding/json"
	"fmt"
	"net/url"
	"slices"

	"github.com/owenrumney/go-sarif/v3/pkg/report/v210/sarif"

	"github.com/renewa/pipeline/ci/scan/finding"
)

// Write is the report as one run: GitHub takes each run as a tool of its own, and what several tools found
// together is one finding here. Findings that pass are in it too, as suppressed ones; those below the
// threshold are alerts of their own low severity.
func Write(r finding.Report) (string, error) {
	run := sarif.NewRunWithInformationURI("pipeline "+r.Name, "https://docs.oasis-open.org/sarif/sarif/v2.1.0/sarif-v2.1.0.html")
	for _, t := range r.Tools {
		tool := sarif.NewToolComponent().WithName(t.Name)
		if t.Version != "" {
			tool.WithVersion(t.Version)
		}
		run.Tool.AddExtension(tool)
	}
	run.AddInvocation(invocation(r))
	notes := sarif.NewPropertyBag()
	notes.Add("notes", r.Preamble())
	run.WithProperties(notes)
	for _, j := range r.Findings {
		describe(run.AddRule(j.Rule), j.Finding)
		run.AddResult(result(j).WithRuleIndex(run.GetRuleIndex(j.Rule)))
	}
	report := sarif.NewReport()
	report.AddRun(run)
	if err := report.Validate(); err != nil {
		return "", fmt.Errorf("write SARIF: %w", err)
	}
	text, err := json.MarshalIndent(report, "", "  ")
	if err != nil {
		return "", fmt.Errorf("write SARIF: %w", err)
	}
	return string(text) + "\n", nil
}

// invocation tells a scan that is not whole from one that found nothing.
func invocation(r finding.Report) *sarif.Invocation {
	i := sarif.NewInvocation().WithExecutionSuccessful(len(r.NotRun) == 0)
	for _, text := range r.NotRun {
		i.AddToolExecutionNotification(sarif.NewNotification().WithLevel("error").WithMessage(sarif.NewTextMessage(text)))
	}
	return i
}

func describe(rule *sarif.ReportingDescriptor, f finding.Finding) {
	if rule.ShortDescription != nil {
		return // of an earlier finding
	}
	help := f.Title
	for _, part := range []string{f.Why, f.Fix} {
		if part != "" {
			help += "\n\n" + part
		}
	}
	rule.WithName(f.Rule).
		WithShortDescription(sarif.NewMultiformatMessageString().WithText(f.Title)).
		WithFullDescription(sarif.NewMultiformatMessageString().WithText(first(f.Why, f.Title))).
		WithHelp(sarif.NewMultiformatMessageString().WithText(help).WithMarkdown(help)).
		WithDefaultConfiguration(sarif.NewReportingConfiguration().WithLevel(level(f.Severity)))
	if f.Link != "" {
		rule.WithHelpURI(f.Link)
	}
	bag := sarif.NewPropertyBag()
	bag.Add("security-severity", fmt.Sprintf("%.1f", score(f)))
	rule.WithProperties(bag.WithTags([]string{"security", string(f.Kind)}))
}

func result(j finding.Judged) *sarif.Result {
	text := j.Subject() + ": " + j.Title
	for _, part := range []string{j.Fix, j.Because()} {
		if part != "" {
			text += "\n" + part
		}
	}
	r := sarif.NewRuleResult(j.Rule).
		WithLevel(level(j.Severity)).
		WithMessage(sarif.NewTextMessage(text)).
		WithPartialFingerprints(map[string]string{"pipelineFingerprint/v1": j.Fingerprint})
	for _, p := range j.Places {
		r.AddLocation(location(p))
	}
	if slices.Contains([]finding.Status{finding.Waived, finding.Known, finding.NoFix}, j.Status) {
		r.WithSuppressions([]*sarif.Suppression{sarif.NewSuppression().WithKind("external").WithStatus("accepted").WithJustification(first(j.Because(), string(j.Status)))})
	}
	return r
}

// location is below the repository's root. What has no line is at the first: GitHub shows nothing without one.
func location(p finding.Place) *sarif.Location {
	uri := (&url.URL{Path: p.Path}).String()
	line := max(1, p.Line)
	l := sarif.NewLocationWithPhysicalLocation(sarif.NewPhysicalLocation().
		WithArtifactLocation(sarif.NewSimpleArtifactLocation(uri).WithURIBaseID("%SRCROOT%")).
		WithRegion(sarif.NewRegion().WithStartLine(line)))
	return l.WithMessage(sarif.NewTextMessage(p.String()))
}

func first(texts ...string) string {
	for _, t := range texts {
		if t != "" {
			return t
		}
	}
	return ""
}
