package tomlfile

import (
	"bytes"
	"errors"
	"fmt"
	"strings"

	"github.com/pelletier/go-toml/v2"
)

// invalid returns the problem of a text that is not TOML, with what to do about it.
func invalid(file string, data []byte, err error) Problem {
	p := Problem{File: file, Line: lineOf(err), Text: strings.TrimPrefix(err.Error(), "toml: ")}
	contains := func(part string) bool { return strings.Contains(p.Text, part) }
	switch {
	case contains("multiline basic"):
		p.Line, p.Text = openedBy(data, `"""`, p.Line), `the closing """ of this text is missing: add it`
	case contains("multiline literal"):
		p.Line, p.Text = openedBy(data, "'''", p.Line), "the closing ''' of this text is missing: add it"
	case contains("strings cannot have new lines"), contains("unterminated"):
		p.Text = "a closing quote is missing: end the text on this line with the quote that it begins with"
	case contains("at start of value"):
		p.Text = `the value is missing or is no TOML: write text in quotes, as in name = "shop"`
	default:
		if path, first := earlier(data, p.Line); first > 0 {
			if text := repetition(p.Text, first); text != p.Text {
				p.Key, p.Text = path, text
			}
		}
	}
	return p
}

// repetition replaces the parser's text about a name that an earlier line has.
func repetition(text string, first int) string {
	switch {
	case strings.HasPrefix(text, "table") && strings.HasSuffix(text, "already exists"):
		return fmt.Sprintf("this table begins on line %d already: move all its keys there", first)
	case strings.HasSuffix(text, "already defined"):
		return fmt.Sprintf("this key is on line %d already: remove one of the two", first)
	case strings.Contains(text, "already exists"), strings.Contains(text, "should be a table"):
		return fmt.Sprintf("this name is on line %d already, for another kind of value: rename one of the two", first)
	}
	return text
}

// openedBy returns the line of the last of these quotes, which nothing closes.
func openedBy(data []byte, quotes string, otherwise int) int {
	if at := bytes.LastIndex(data, []byte(quotes)); at >= 0 {
		return 1 + bytes.Count(data[:at], []byte("\n"))
	}
	return otherwise
}

// earlier returns the path of the key or table on a line that the file has before, and the first line of that path.
func earlier(data []byte, line int) (path string, first int) {
	w := walk(data)
	return w.repeated[line], w.lines[w.repeated[line]]
}

func lineOf(err error) int {
	if at := (*toml.DecodeError)(nil); errors.As(err, &at) {
		line, _ := at.Position()
		return line
	}
	return 1
}
