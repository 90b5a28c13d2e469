package secret

import (
	"bytes"
	"strings"
)

// readDotenv reads NAME=value lines. Values arrive unchanged:
//
//   - nothing is expanded, a $ is a $;
//   - bare values run to the end of the line, spaces around them dropped;
//   - 'single quotes' take everything as it is, over several lines;
//   - "double quotes" do too, but \n \r \t \" \\ \$ stand for a line feed, a
//     carriage return, a tab, a quote, a backslash and a dollar sign; any other
//     backslash is refused, since readers differ on it;
//   - "export " in front of a name is allowed, comments begin a line or follow
//     a quoted value;
//   - a bare value with a space and # in it is refused: half the readers cut
//     it there, and a secret cut short is found out late.
//
// A file with CRLF line ends reads as one with LF line ends would.
func readDotenv(data []byte, _ string) ([]entry, []Problem) {
	r := &dotenv{rest: string(bytes.ReplaceAll(data, []byte("\r\n"), []byte("\n"))), line: 1}
	for r.rest != "" {
		r.readLine()
	}
	return r.entries, r.problems
}

// blanks are what may stand around names and values. The world's other spaces
// are letters of a value like any other.
const blanks = " \t\r"

type dotenv struct {
	rest     string // what is not read yet
	line     int    // where rest begins
	entries  []entry
	problems []Problem
}

// readLine reads one line, or as many as a quoted value spans.
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
	r.entries = append(r.entries, entry{name, value, start})
}

// badLine is the problem of a line without a word of the line, which may be a
// piece of a secret that lost its quotes.
func badLine(line string, hasEquals bool) string {
	switch {
	case strings.HasPrefix(line, "[") && strings.HasSuffix(line, "]"):
		return "dotenv has no sections: use JSON to keep several environments in one file"
	case !hasEquals:
		return "the line has no =; a value over several lines needs quotes"
	}
	return "the name before = must be letters, digits and _, not beginning with a digit"
}

// skip leaves the line that has n bytes left.
func (r *dotenv) skip(n int) { r.skipBytes(min(n+1, len(r.rest))) }

func (r *dotenv) skipBytes(n int) {
	r.line += strings.Count(r.rest[:n], "\n")
	r.rest = r.rest[n:]
}

func (r *dotenv) refuse(line int, text string) {
	r.problems = append(r.problems, Problem{Line: line, Text: text})
}
