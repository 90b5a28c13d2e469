// Package rules has the Semgrep rules for every app: one file per subject. testdata has samples for each rule, of code
// that it must find and of code that it must not. The rules are this module's own: those of Semgrep's registry are not
// free.
package rules

import "embed"

// Files are the rules' files.
//
//go:embed *.yaml
var Files embed.FS
