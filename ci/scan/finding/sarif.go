package finding

import (
	"cmp"
	"encoding/json"
	"fmt"
	"net/url"
	"slices"

	"github.com/owenrumney/go-sarif/v3/pkg/report/v210/sarif"
)

// SARIF is the report as SARIF 2.1.0 for GitHub's code scanning, in one run: GitHub takes each run for a tool, and one
// finding may be of several tools. Findings that pass are in it as suppressed ones, those below the threshold with
// their own low severity.
func (r Report) SARIF() (string, error) {
	run := sarif.NewRunWithInformationURI("pipeline "+r.Name, "https://docs.oasis-open.org/sarif/sarif/v2.1.0/sarif-v2.1.0.html")
	for _, t := range r.Tools {
		tool := sarif.NewToolComponent().WithName(t.Name)
		if t.Version != "" {
			tool.WithVersion(t.Version)
		}
		run.Tool.AddExtension(tool)
	}
	run.AddInvocation(r.invocation())
	notes := sarif.NewPropertyBag()
	notes.Add("notes", r.Preamble())
	run.WithProperties(notes)
	for _, j := range r.Findings {
		j.describe(run.AddRule(j.Rule))
		run.AddResult(j.result().WithRuleIndex(run.GetRuleIndex(j.Rule)))
	}
	report := sarif.NewReport()
	report.AddRun(run)
	if err := report.Validate(); err != nil {
		return "", fmt.Errorf("SARIF cannot be written: %w", err)
	}
	text, err := json.MarshalIndent(report, "", "  ")
	if err != nil {
		return "", fmt.Errorf("SARIF cannot be written: %w", err)
	}
	return string(text) + "\n", nil
}

// invocation states whether every scanner ran.
func (r Report) invocation() *sarif.Invocation {
	i := sarif.NewInvocation().WithExecutionSuccessful(len(r.NotRun) == 0)
	for _, text := range r.NotRun {
		i.AddToolExecutionNotification(sarif.NewNotification().WithLevel("error").WithMessage(sarif.NewTextMessage(text)))
	}
	return i
}

// describe fills in a rule, unless an earlier finding has.
func (f Finding) describe(rule *sarif.ReportingDescriptor) {
	if rule.ShortDescription != nil {
		return
	}
	help := f.Title
	for _, part := range []string{f.Why, f.Fix} {
		if part != "" {
			help += "\n\n" + part
		}
	}
	rule.WithName(f.Rule).
		WithShortDescription(sarif.NewMultiformatMessageString().WithText(f.Title)).
		WithFullDescription(sarif.NewMultiformatMessageString().WithText(cmp.Or(f.Why, f.Title))).
		WithHelp(sarif.NewMultiformatMessageString().WithText(help).WithMarkdown(help)).
		WithDefaultConfiguration(sarif.NewReportingConfiguration().WithLevel(f.Severity.level()))
	if f.Link != "" {
		rule.WithHelpURI(f.Link)
	}
	bag := sarif.NewPropertyBag()
	bag.Add("security-severity", fmt.Sprintf("%.1f", f.score()))
	rule.WithProperties(bag.WithTags([]string{"security", string(f.Kind)}))
}

func (j Judged) result() *sarif.Result {
	text := j.Subject() + ": " + j.Title
	for _, part := range []string{j.Fix, j.Because()} {
		if part != "" {
			text += "\n" + part
		}
	}
	r := sarif.NewRuleResult(j.Rule).
		WithLevel(j.Severity.level()).
		WithMessage(sarif.NewTextMessage(text)).
		WithPartialFingerprints(map[string]string{"pipelineFingerprint/v1": j.Fingerprint})
	for _, p := range j.Places {
		r.AddLocation(p.location())
	}
	if slices.Contains([]Status{Waived, Known, NoFix}, j.Status) {
		r.WithSuppressions([]*sarif.Suppression{sarif.NewSuppression().WithKind("external").WithStatus("accepted").WithJustification(cmp.Or(j.Because(), string(j.Status)))})
	}
	return r
}

// location is a path below the repository's root. A place without a line gets the first: GitHub needs one.
func (p Place) location() *sarif.Location {
	uri := (&url.URL{Path: p.Path}).String()
	line := max(1, p.Line)
	l := sarif.NewLocationWithPhysicalLocation(sarif.NewPhysicalLocation().
		WithArtifactLocation(sarif.NewSimpleArtifactLocation(uri).WithURIBaseID("%SRCROOT%")).
		WithRegion(sarif.NewRegion().WithStartLine(line)))
	return l.WithMessage(sarif.NewTextMessage(p.String()))
}
