package main

import (
	"context"
	"errors"
	"fmt"

	"dagger/pipeline/internal/dagger"

	"github.com/renewa/pipeline/ci/scan/finding"
	"github.com/renewa/pipeline/ci/scan/sarif"
	"github.com/renewa/pipeline/ci/scan/scanner"
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
	report, _, err := p.scanned(ctx, "scan", wish{history: history, baseline: true})
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
