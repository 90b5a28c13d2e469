package main

import (
	"context"
	"errors"

	"dagger/pipeline/internal/dagger"
	"dagger/pipeline/step"

	"github.com/renewa/pipeline/ci/output"
	steps "github.com/renewa/pipeline/ci/verify/step"
)

// Scanner runs one scanner of [scan], or returns the findings of all as files.
type Scanner struct {
	// +private
	Pipeline *Pipeline
}

// Run one scanner, or return findings as files: trivy, semgrep, gitleaks, audit, report, baseline.
//
// To run them all: dagger call scan
//
//	dagger call scanner trivy
//	dagger call scanner report -o report
//
// +cache="never"
func (p *Pipeline) Scanner() *Scanner { return &Scanner{Pipeline: p} }

// Fail, with the names of the functions: `dagger call scanner` alone does nothing.
//
// +cache="never"
func (s *Scanner) Sync(ctx context.Context) (string, error) {
	return "", errors.New("scanner was called without one of its functions: dagger call scanner trivy (semgrep, gitleaks, audit), dagger call scanner report -o report, or dagger call scanner baseline -o baseline.toml. All scanners: dagger call scan")
}

// Look for vulnerable packages and risky configuration with Trivy.
//
// Trivy looks up the packages of the image and of the lockfiles in its vulnerability database, and reads the
// Dockerfile and fly.*.toml.
//
//	dagger call scanner trivy
//
// +check
// +cache="never"
func (s *Scanner) Trivy(
	ctx context.Context,
	// Run the step again even if nothing changed.
	// +optional
	again bool,
) (string, error) {
	return s.Pipeline.print(ctx, "trivy", "text", again, steps.TrivyImageStep, steps.TrivyLockfilesStep, steps.TrivyConfigStep)
}

// Look for risky code with Semgrep and the rules of this module and of the app.
//
//	dagger call scanner semgrep
//
// +check
// +cache="never"
func (s *Scanner) Semgrep(
	ctx context.Context,
	// Run the step again even if nothing changed.
	// +optional
	again bool,
) (string, error) {
	return s.Pipeline.print(ctx, steps.SemgrepStep, "text", again, steps.SemgrepStep)
}

// Look for secrets in the whole Git history with Gitleaks: a removed secret is still public.
//
//	dagger call scanner gitleaks
//
// +check
// +cache="never"
func (s *Scanner) Gitleaks(
	ctx context.Context,
	// Run the step again even if nothing changed.
	// +optional
	again bool,
) (string, error) {
	return s.Pipeline.print(ctx, steps.GitleaksStep, "text", again, steps.GitleaksStep)
}

// Look up the packages of the lockfiles in npm's advisories with npm audit or bun audit.
//
//	dagger call scanner audit
//
// +check
// +cache="never"
func (s *Scanner) Audit(
	ctx context.Context,
	// Query the registry again even if nothing changed.
	// +optional
	again bool,
) (string, error) {
	return s.Pipeline.print(ctx, steps.AuditStep, "text", again, steps.AuditStep)
}

// Return the report of all scanners in every format, with the image's bills of materials.
//
// The bills of materials are CycloneDX and SPDX. The function succeeds whatever the scanners found.
//
//	dagger call scanner report -o report
//
// +cache="never"
func (s *Scanner) Report(ctx context.Context) (*dagger.Directory, error) {
	r, err := s.Pipeline.load(ctx)
	if err != nil {
		return nil, output.Error(err)
	}
	files, err := s.Pipeline.scanners(r, step.Options{}).Report(ctx)
	return files, output.Error(err)
}

// Return a baseline of every finding that fails now: with it, only new findings fail.
//
//	dagger call scanner baseline -o baseline.toml
//
// +cache="never"
func (s *Scanner) Baseline(ctx context.Context) (*dagger.File, error) {
	r, err := s.Pipeline.load(ctx)
	if err != nil {
		return nil, output.Error(err)
	}
	file, err := s.Pipeline.scanners(r, step.Options{}).Baseline(ctx)
	return file, output.Error(err)
}
