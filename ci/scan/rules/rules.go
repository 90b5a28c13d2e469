// Package rules has the Semgrep rules for every app: one file per subject. testdata has samples for each rule, of code
// that it must find and of code that it must not. The rules are this module's own: those of Semgrep's registry are not
// free.
package rules

import (
	"embed"
	"io/fs"
)

// Files are the rules' files.
//
//go:embed *.yaml
var Files embed.FS

// A File is one file of rules.
type File struct{ Name, Text string }

// All returns the files, sorted by name.
func All() []File {
	names, err := fs.Glob(Files, "*.yaml")
	if err != nil {
		panic(err) // the pattern is right
	}
	var all []File
	for _, name := range names {
		text, err := Files.ReadFile(name)
		if err != nil {
			panic(err) // fs.Glob has just listed it
		}
		all = append(all, File{name, string(text)})
	}
	return all
}
