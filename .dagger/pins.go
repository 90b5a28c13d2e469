package main

// The images the doors name, exact tags. The app's own are in its Dockerfile.
const (
	// renovate: datasource=docker depName=debian versioning=debian
	debianImage = "debian:trixie-slim" // notes what a build depends on
	// renovate: datasource=docker depName=node
	nodeImage = "node:24-slim" // runs squawk, and journeys in Debian's Chromium
	// renovate: datasource=docker depName=golang
	golangImage = "golang:1.26" // builds flylocal and what tries migrations; its git finds commits
	// renovate: datasource=npm depName=squawk-cli
	squawkVersion = "2.66.0"
)
