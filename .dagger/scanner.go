package main

import (
	"context"

	"dagger/pipeline/internal/dagger"
	"dagger/pipeline/step"

	"github.com/renewa/pipeline/ci/config/pipeline"
	"github.com/renewa/pipeline/ci/output"
)

// Run every scanner of [scan] in parallel and print one report of their findings.
//
// The report lists a finding of several scanners once. Scan fails when a finding reaches the threshold and is neither
// waived nor in the baseline, or when a scanner did not run.
//
//	dagger call scan --format md
//
// +cache="never"
func (p *Pipeline) Scan(
	ctx context.Context,
	// The format of the report: text, md, json or sarif.
	// +default="text"
	format string,
	// The repository's whole .git: Gitleaks searches every commit for secrets.
	// +defaultPath="/"
	// +ignore=["**", "!.git", "!.git/**"]
	history *dagger.Directory,
	// Run every scanner again even if nothing changed.
	// +optional
	again bool,
) (string, error) {
	return p.print(ctx, "scan", format, history, again)
}

// print runs some scanners, all when none are named, and returns their report.
func (p *Pipeline) print(ctx context.Context, name, format string, git *dagger.Directory, again bool, only ...string) (string, error) {
	r, err := p.load(ctx, git)
	if err != nil {
		return "", output.Error(err)
	}
	text, err := p.scanners(r, step.Options{Again: again}).Print(ctx, name, format, only...)
	return text, output.Error(err)
}

// Return the report of all scanners in every format, with the image's bills of materials.
//
// The bills of materials are CycloneDX and SPDX. The function succeeds whatever the scanners found.
//
//	dagger call scan-report -o report
//
// +cache="never"
func (p *Pipeline) ScanReport(
	ctx context.Context,
	// The repository's whole .git: Gitleaks searches every commit for secrets.
	// +defaultPath="/"
	// +ignore=["**", "!.git", "!.git/**"]
	history *dagger.Directory,
) (*dagger.Directory, error) {
	r, err := p.load(ctx, history)
	if err != nil {
		return nil, output.Error(err)
	}
	files, err := p.scanners(r, step.Options{}).Report(ctx)
	return files, output.Error(err)
}

// Return a baseline of every finding that fails now: with it, only new findings fail.
//
//	dagger call scan-baseline -o baseline.toml
//
// +cache="never"
func (p *Pipeline) ScanBaseline(
	ctx context.Context,
	// The repository's whole .git: Gitleaks searches every commit for secrets.
	// +defaultPath="/"
	// +ignore=["**", "!.git", "!.git/**"]
	history *dagger.Directory,
) (*dagger.File, error) {
	r, err := p.load(ctx, history)
	if err != nil {
		return nil, output.Error(err)
	}
	file, err := p.scanners(r, step.Options{}).Baseline(ctx)
	return file, output.Error(err)
}

// Look for vulnerable packages and risky configuration with Trivy.
//
// Trivy looks up the packages of the image and of the lockfiles in its vulnerability database, and reads the
// Dockerfile and fly.*.toml.
//
// +check
// +cache="never"
func (p *Pipeline) Trivy(
	ctx context.Context,
	// Run the step again even if nothing changed.
	// +optional
	again bool,
) (string, error) {
	return p.print(ctx, "trivy", "text", nil, again, pipeline.TrivyImageStep, pipeline.TrivyLockfilesStep, pipeline.TrivyConfigStep)
}

// Look for risky code with Semgrep and the rules of this module and of the app.
//
// +check
// +cache="never"
func (p *Pipeline) Semgrep(
	ctx context.Context,
	// Run the step again even if nothing changed.
	// +optional
	again bool,
) (string, error) {
	return p.print(ctx, pipeline.SemgrepStep, "text", nil, again, pipeline.SemgrepStep)
}

// Look for secrets in the whole Git history with Gitleaks: a removed secret is still public.
//
// +check
// +cache="never"
func (p *Pipeline) Gitleaks(
	ctx context.Context,
	// The repository's whole .git.
	// +defaultPath="/"
	// +ignore=["**", "!.git", "!.git/**"]
	history *dagger.Directory,
	// Run the step again even if nothing changed.
	// +optional
	again bool,
) (string, error) {
	return p.print(ctx, pipeline.GitleaksStep, "text", history, again, pipeline.GitleaksStep)
}

// Look up the packages of the lockfiles in npm's advisories with npm audit or bun audit.
//
// +check
// +cache="never"
func (p *Pipeline) Audit(
	ctx context.Context,
	// Query the registry again even if nothing changed.
	// +optional
	again bool,
) (string, error) {
	return p.print(ctx, pipeline.AuditStep, "text", nil, again, pipeline.AuditStep)
}
