package secret

import "strings"

// readValue reads what follows the = and leaves its last line. A problem is
// worded without the value.
func (r *dotenv) readValue() (value, problem string) {
	text, _, _ := strings.Cut(r.rest, "\n")
	trimmed := strings.Trim(text, blanks)
	if trimmed != "" && strings.ContainsRune("'\"`", rune(trimmed[0])) {
		r.skipBytes(strings.IndexByte(r.rest, trimmed[0]))
		return r.readQuoted(trimmed[0])
	}
	r.skip(len(text))
	if strings.Contains(text, " #") || strings.Contains(text, "\t#") {
		return "", "a bare value with a space before # is cut by some readers: quote it, or give the comment its own line"
	}
	return trimmed, ""
}

// readQuoted reads from one quote to the next of its kind.
func (r *dotenv) readQuoted(quote byte) (value, problem string) {
	if quote == '`' {
		r.skipLine()
		return "", "backquotes mean different things to different readers: use ' or \""
	}
	end := closing(r.rest, quote)
	if end < 0 {
		r.skipLine() // not the whole file: what follows may have problems of its own
		return "", "its quote is never closed"
	}
	value = r.rest[1:end]
	r.skipBytes(end + 1)
	tail := strings.Trim(r.skipLine(), blanks)
	if tail != "" && tail[0] != '#' {
		return "", "text follows the closing quote"
	}
	if quote == '"' {
		return unescape(value)
	}
	return value, ""
}

// skipLine leaves the line and returns what was left of it.
func (r *dotenv) skipLine() string {
	text, _, _ := strings.Cut(r.rest, "\n")
	r.skip(len(text))
	return text
}

// closing is where the quote that begins s ends, or -1.
func closing(s string, quote byte) int {
	for i := 1; i < len(s); i++ {
		switch {
		case s[i] == '\\' && quote == '"':
			i++
		case s[i] == quote:
			return i
		}
	}
	return -1
}

var escapes = map[byte]byte{'n': '\n', 'r': '\r', 't': '\t', '"': '"', '\\': '\\', '$': '$'}

// unescape resolves the six escapes of double quotes.
func unescape(s string) (value, problem string) {
	var b strings.Builder
	for i := 0; i < len(s); i++ {
		if s[i] != '\\' {
			b.WriteByte(s[i])
			continue
		}
		i++
		plain, ok := escapes[s[i]] // closing has seen to it that a byte follows
		if !ok {
			return "", `a backslash in double quotes goes before n r t " \ or $ only: write \\ for one, or use single quotes`
		}
		b.WriteByte(plain)
	}
	return b.String(), ""
}
