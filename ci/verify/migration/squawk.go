package migration

import (
	"encoding/json"
	"fmt"
	"path"
	"strings"
)

// FromSquawk reads what squawk reports as JSON about the files of a folder. It must have come to its end: text that is
// no report is an error, with what squawk said beside it.
func FromSquawk(report []byte, said string, files []File) ([]Finding, error) {
	var list []struct {
		File    string `json:"file"`
		Line    int    `json:"line"` // counted from 0
		Rule    string `json:"rule_name"`
		Message string `json:"message"`
		Help    string `json:"help"`
	}
	if err := json.Unmarshal(report, &list); err != nil {
		return nil, fmt.Errorf("squawk left no report (%w); it said: %s", err, strings.TrimSpace(said))
	}
	var found []Finding
	for _, v := range list {
		file := named(files, v.File)
		if file == nil || !file.Linted || knowsBetter(*file, v.Rule) {
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

// knowsBetter: squawk is told once for all files whether they run in a transaction, and each of them says it for itself.
func knowsBetter(f File, rule string) bool {
	return f.NoTransaction && (strings.HasSuffix(rule, "-in-transaction") || rule == "transaction-nesting")
}

func named(files []File, name string) *File {
	for i := range files {
		if path.Base(files[i].Name) == path.Base(name) {
			return &files[i]
		}
	}
	return nil
}

// quoted is the statement that has a line, shortened to its beginning.
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
