package main

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"time"

	"dagger/pipeline/internal/dagger"

	"github.com/renewa/pipeline/ci/check"
	"github.com/renewa/pipeline/ci/finding"
	"github.com/renewa/pipeline/ci/fleet"
	"github.com/renewa/pipeline/ci/sarif"
	"github.com/renewa/pipeline/ci/scanner"
)

// Run every scanner of pipeline.toml's [scan] side by side, and make one report of what they found.
//
// What several found is one finding. It fails when one of them is as bad as the threshold and is neither
// waived nor in the baseline, and when a scanner did not run.
//
//	dagger call scan --format md
//
// +cache="never"
func (p *Pipeline) Scan(
	ctx context.Context,
	// How the report is written: text, md, json or sarif.
	// +default="text"
	format string,
	// The repository's .git, whole: secrets are looked for in all of it.
	// +defaultPath="/"
	// +ignore=["**", "!.git", "!.git/**"]
	history *dagger.Directory,
	// Run every scanner anew, even if nothing changed.
	// +optional
	again bool,
) (string, error) {
	form, known := forms[format]
	if !known {
		return "", fmt.Errorf("unknown format %q: use text, md, json or sarif", format)
	}
	report, _, err := p.scanned(ctx, "scan", wish{again: again, history: history})
	if err != nil {
		return "", told(err)
	}
	return passing(report, form)
}

// Return the report of all scanners in every format, and the bills of materials of the image as CycloneDX and
// SPDX, whatever the scanners found.
//
//	dagger call scan-report -o report
//
// +cache="never"
func (p *Pipeline) ScanReport(
	ctx context.Context,
	// The repository's .git, whole: secrets are looked for in all of it.
	// +defaultPath="/"
	// +ignore=["**", "!.git", "!.git/**"]
	history *dagger.Directory,
) (*dagger.Directory, error) {
	report, results, err := p.scanned(ctx, "scan", wish{history: history})
	if err != nil {
		return nil, told(err)
	}
	out := dag.Directory()
	for name, form := range map[string]string{"scan.txt": "text", "scan.md": "md", "scan.json": "json", "scan.sarif": "sarif"} {
		text, err := forms[form](report)
		if err != nil {
			return nil, told(err)
		}
		out = out.WithNewFile(name, text)
	}
	for _, bill := range scanner.Bills {
		if of := results["trivy-image"]; of != nil {
			out = out.WithFile(bill, of.File(bill))
		}
	}
	return out, nil
}

// Return a baseline of all that fails now: with it, only what is new fails.
//
//	dagger call scan-baseline -o baseline.toml
//
// +cache="never"
func (p *Pipeline) ScanBaseline(
	ctx context.Context,
	// The repository's .git, whole: secrets are looked for in all of it.
	// +defaultPath="/"
	// +ignore=["**", "!.git", "!.git/**"]
	history *dagger.Directory,
) (*dagger.File, error) {
	report, _, err := p.scanned(ctx, "scan", wish{history: history})
	if err != nil {
		return nil, told(err)
	}
	text, err := finding.WriteBaseline(report)
	return dag.File("baseline.toml", text), told(err)
}

var forms = map[string]func(finding.Report) (string, error){
	"text":  func(r finding.Report) (string, error) { return r.String(), nil },
	"md":    func(r finding.Report) (string, error) { return r.Markdown(), nil },
	"json":  func(r finding.Report) (string, error) { return r.JSON(), nil },
	"sarif": sarif.Write,
}

// passing is the report as a result, or as the error of a scan that did not pass.
func passing(report finding.Report, form func(finding.Report) (string, error)) (string, error) {
	text, err := form(report)
	if err == nil && !report.Passed() {
		return "", errors.New(text)
	}
	return text, told(err)
}

// scanned runs some scanners side by side, all when none are named, and puts together what they found.
func (p *Pipeline) scanned(ctx context.Context, name string, a wish, only ...string) (finding.Report, map[string]*dagger.Directory, error) {
	f, err := p.fleet(ctx)
	if err != nil {
		return finding.Report{}, nil, err
	}
	if f.Scan == nil {
		return finding.Report{}, nil, errors.New(noScan)
	}
	policy, err := p.policy(ctx, f)
	if err != nil {
		return finding.Report{}, nil, err
	}
	var running sync.WaitGroup
	scans := slices.DeleteFunc(p.scans(f, a), func(m scanMaker) bool { return len(only) > 0 && !slices.Contains(only, m.name) })
	if len(scans) == 0 {
		return finding.Report{}, nil, fmt.Errorf("%s has nothing to look at: [scan] in %s names no lockfile that it reads", name, fleetFile)
	}
	ran := make([]outcome, len(scans))
	for i, m := range scans {
		running.Go(func() { ran[i] = p.scanAlone(ctx, f, m, a) })
	}
	running.Wait()
	var all []scanner.Found
	var missing []error
	results := map[string]*dagger.Directory{}
	for i, o := range ran {
		switch {
		case o.err != nil:
			missing = append(missing, o.err)
		default:
			all, results[scans[i].name] = append(all, o.found), o.results
		}
	}
	report := scanner.Report(name, all, missing, policy, time.Now())
	if len(only) == 0 && len(missing) == 0 {
		report.Idle = policy.Idle(report.Findings)
	}
	return report, results, nil
}

// An outcome is what one scanner found and left, or why it did not run.
type outcome struct {
	found   scanner.Found
	results *dagger.Directory
	err     error
}

func (p *Pipeline) scanAlone(ctx context.Context, f fleet.Fleet, m scanMaker, a wish) (o outcome) {
	s, err := m.make(ctx)
	if err != nil {
		return outcome{err: notRun(m.name, "", err)}
	}
	o.results, _, o.err = p.run(ctx, f, s.step(func(found scanner.Found, _ *check.Verdict) { o.found = found }, f.Scan.MaxAge), a)
	return o
}

const noScan = "pipeline.toml has no [scan], so no scanner runs: add it, empty for the defaults (docs/scan.md)"

// policy is what the app lets pass, its baseline read anew.
func (p *Pipeline) policy(ctx context.Context, f fleet.Fleet) (finding.Policy, error) {
	policy := finding.Policy{Threshold: f.Scan.Threshold, UnfixedPasses: f.Scan.Unfixed, Waivers: f.Scan.Waivers}
	if f.Scan.Baseline == "" {
		return policy, nil
	}
	text, err := p.Source.File(f.Scan.Baseline).Contents(ctx)
	if err != nil {
		return policy, fmt.Errorf("read the baseline %s, which [scan] names: %w\nto make one: dagger call scan-baseline -o %s", f.Scan.Baseline, err, f.Scan.Baseline)
	}
	policy.Baseline, err = finding.ParseBaseline(f.Scan.Baseline, []byte(text))
	return policy, err
}
