// Package rules is what Semgrep looks for in every app: one file per subject, each rule with samples of what it
// finds and of what it leaves in testdata. They were written here: those of Semgrep's registry are not free.
package rules

import "embed"

// Files are the rules.
//
//go:embed *.yaml
var Files embed.FS
