package migration

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path"
	"path/filepath"
	"strings"
)

// SquawkScript writes these files.
const (
	squawkReport = "report.json"
	squawkOutput = "output"
)

// ReadSquawk reads the findings that SquawkScript left in a folder.
func ReadSquawk(dir string, files []File) ([]Finding, error) {
	report, err := os.ReadFile(filepath.Join(dir, squawkReport))
	output, oerr := os.ReadFile(filepath.Join(dir, squawkOutput))
	if err != nil || oerr != nil {
		return nil, fmt.Errorf("squawk's report in %s cannot be read: %w", dir, errors.Join(err, oerr))
	}
	return FromSquawk(report, string(output), files)
}

// FromSquawk reads squawk's JSON report on files. A report that is not JSON is an error with squawk's other output: squawk
// did not finish.
func FromSquawk(report []byte, output string, files []File) ([]Finding, error) {
	var list []struct {
		File    string `json:"file"`
		Line    int    `json:"line"` // counted from 0
		Rule    string `json:"rule_name"`
		Message string `json:"message"`
		Help    string `json:"help"`
	}
	if err := json.Unmarshal(report, &list); err != nil {
		return nil, fmt.Errorf("squawk wrote no report (%w); its output: %s", err, strings.TrimSpace(output))
	}
	var found []Finding
	for _, v := range list {
		file := find(files, v.File)
		if file == nil || !file.Linted || contradicted(*file, v.Rule) {
			continue
		}
		f := Finding{Check: "lint", File: file.Name, Line: v.Line + 1, Rules: []string{v.Rule}, Why: v.Message, Instead: v.Help}
		f.What = quoted(*file, f.Line)
		if f = f.Advised(); f.Instead == "" {
			f.Instead = "see https://squawkhq.com/docs/" + v.Rule
		}
		found = append(found, f)
	}
	return found, nil
}

// contradicted reports whether a rule is about transactions and the file runs in none. squawk has one setting for all files.
func contradicted(f File, rule string) bool {
	return f.NoTransaction && (strings.HasSuffix(rule, "-in-transaction") || rule == "transaction-nesting")
}

func find(files []File, name string) *File {
	for i := range files {
		if path.Base(files[i].Name) == path.Base(name) {
			return &files[i]
		}
	}
	return nil
}

// quoted returns the beginning of the statement on a line.
func quoted(f File, line int) string {
	lines := strings.Split(f.Text, "\n")
	first, last := line, line
	if i := f.statement(line); i >= 0 && f.Statements[i].Line <= line {
		first, last = f.Statements[i].Line, f.Statements[i].End
	}
	if first < 1 || first > len(lines) {
		return "the end of the file"
	}
	text := strings.Join(strings.Fields(strings.Join(lines[first-1:min(last, len(lines))], " ")), " ")
	if r := []rune(text); len(r) > 100 {
		text = string(r[:99]) + "…"
	}
	return "`" + strings.TrimSuffix(text, ";") + "`"
}
