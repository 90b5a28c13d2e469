package secret

import (
	"bytes"
	"strings"
)

// readDotenv reads NAME=value lines. It returns values unchanged:
//
//   - nothing is expanded: a $ is a $;
//   - a value without quotes ends with its line, without the spaces around it;
//   - a value in 'single quotes' is kept as it is and may have several lines;
//   - a value in "double quotes" may have several lines too, and \n \r \t \" \\ \$ stand for a line feed, a carriage
//     return, a tab, a quote, a backslash and a dollar sign; any other backslash is an error, because other readers
//     disagree on it;
//   - "export " before a name is allowed; a comment begins a line or follows a quoted value;
//   - a value without quotes that contains a space before # is an error: some other readers would cut it there, and a
//     secret that was cut is noticed late.
//
// CRLF line ends are read as LF.
func readDotenv(data []byte, _ string) ([]entry, []Problem) {
	r := &dotenv{rest: string(bytes.ReplaceAll(data, []byte("\r\n"), []byte("\n"))), line: 1}
	for r.rest != "" {
		r.readLine()
	}
	return r.entries, r.problems
}

// blanks are the spaces that are trimmed around names and values. Any other Unicode space is part of the value.
const blanks = " \t\r"

type dotenv struct {
	rest     string // the text that is not read yet
	line     int    // number of the line at which rest begins
	entries  []entry
	problems []Problem
}

// readLine reads one line, or all lines of a quoted value.
func (r *dotenv) readLine() {
	start := r.line
	text, _, _ := strings.Cut(r.rest, "\n")
	trimmed := strings.Trim(text, blanks)
	if trimmed == "" || trimmed[0] == '#' {
		r.skip(len(text))
		return
	}
	before, _, ok := strings.Cut(text, "=")
	name := strings.Trim(before, blanks)
	if bare, exported := strings.CutPrefix(name, "export "); exported {
		name = strings.Trim(bare, blanks)
	}
	if !ok || !validName.MatchString(name) {
		r.refuse(start, badLine(trimmed, ok))
		r.skip(len(text))
		return
	}
	r.skipBytes(len(before) + 1)
	value, problem := r.readValue()
	if problem != "" {
		r.refuse(start, name+": "+problem)
		return
	}
	r.entries = append(r.entries, entry{name, value, start, true})
}

// badLine describes the problem of a line without quoting the line, which may be part of a secret that lacks quotes.
func badLine(line string, hasEquals bool) string {
	switch {
	case strings.HasPrefix(line, "[") && strings.HasSuffix(line, "]"):
		return "dotenv has no sections: use JSON to keep several environments in one file"
	case !hasEquals:
		return "the line has no =; a value over several lines needs quotes"
	}
	return "the name before = must be letters, digits and _, not beginning with a digit"
}

// skip moves to the next line, given the number of bytes that remain of the present one.
func (r *dotenv) skip(n int) { r.skipBytes(min(n+1, len(r.rest))) }

func (r *dotenv) skipBytes(n int) {
	r.line += strings.Count(r.rest[:n], "\n")
	r.rest = r.rest[n:]
}

func (r *dotenv) refuse(line int, text string) {
	r.problems = append(r.problems, Problem{Line: line, Text: text})
}
