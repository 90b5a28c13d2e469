package main

// The images the doors name, exact tags. The app's own are in its Dockerfile.
const (
	// renovate: datasource=docker depName=debian versioning=debian
	debianImage = "debian:trixie-slim" // notes what a build depends on
	// renovate: datasource=docker depName=node
	nodeImage = "node:24-slim" // runs squawk, npm audit, and journeys in Debian's Chromium
	// renovate: datasource=docker depName=golang
	golangImage = "golang:1.26" // builds flylocal and what tries migrations; its git finds commits
	// renovate: datasource=npm depName=squawk-cli
	squawkVersion = "2.66.0"
	// renovate: datasource=docker depName=oven/bun
	bunImage = "oven/bun:1.4.5-slim" // its bun runs bun audit
	// renovate: datasource=docker depName=aquasec/trivy
	trivyImage = "aquasec/trivy:0.74.0"
	// renovate: datasource=docker depName=semgrep/semgrep
	semgrepImage = "semgrep/semgrep:1.182.0"
	// renovate: datasource=docker depName=zricethezav/gitleaks
	gitleaksImage = "zricethezav/gitleaks:v8.30.1"

	trivyDatabase = "ghcr.io/aquasecurity/trivy-db:2" // the newest, by its digest
)
