package secret

import "strings"

// readValue reads the value after = and moves to the next line. A problem does not quote the value.
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

// readQuoted reads a value from its opening quote to the next quote of the same kind.
func (r *dotenv) readQuoted(quote byte) (value, problem string) {
	if quote == '`' {
		r.skipLine()
		return "", "backquotes mean different things to different readers: use ' or \""
	}
	end := closingQuote(r.rest, quote)
	if end < 0 {
		r.skipLine() // only this line: the next lines may have problems of their own
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

// skipLine moves to the next line and returns the unread rest of the present one.
func (r *dotenv) skipLine() string {
	text, _, _ := strings.Cut(r.rest, "\n")
	r.skip(len(text))
	return text
}

// closingQuote returns the index of the quote that closes the one at the beginning of s, or -1.
func closingQuote(s string, quote byte) int {
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
		plain, ok := escapes[s[i]] // closingQuote guarantees that a byte follows
		if !ok {
			return "", `a backslash in double quotes goes before n r t " \ or $ only: write \\ for one, or use single quotes`
		}
		b.WriteByte(plain)
	}
	return b.String(), ""
}
