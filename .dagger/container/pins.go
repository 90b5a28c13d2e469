package container

// The images of the pipeline's own programs, by exact tags. The app's images are in its Dockerfile.
const (
	// renovate: datasource=docker depName=debian versioning=debian
	Debian = "debian:trixie-slim" // records what a build depends on
	// renovate: datasource=docker depName=node
	Node = "node:24-slim" // runs squawk, npm audit, and Playwright in Debian's Chromium
	// renovate: datasource=docker depName=golang
	Golang = "golang:1.26" // builds flylocal and the migrations program; its git finds commits
	// renovate: datasource=npm depName=squawk-cli
	Squawk = "2.66.0"
	// renovate: datasource=docker depName=oven/bun
	Bun = "oven/bun:1.4.5-slim" // its bun runs bun audit
	// renovate: datasource=docker depName=aquasec/trivy
	Trivy = "aquasec/trivy:0.74.0"
	// renovate: datasource=docker depName=semgrep/semgrep
	Semgrep = "semgrep/semgrep:1.182.0"
	// renovate: datasource=docker depName=zricethezav/gitleaks
	Gitleaks = "zricethezav/gitleaks:v8.30.1"

	TrivyDatabase = "ghcr.io/aquasecurity/trivy-db:2" // the newest, by its digest
)
