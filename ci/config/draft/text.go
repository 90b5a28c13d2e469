package draft

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strings"
)

// A text is TOML in the making.
type text struct{ strings.Builder }

func (t *text) line(format string, args ...any) { fmt.Fprintf(t, format+"\n", args...) }

// table begins a table, with an empty line before it.
func (t *text) table(header string) { t.line("\n%s", header) }

// guess writes a comment about the next line.
func (t *text) guess(format string, args ...any) {
	t.line("# guess: %s", printable(fmt.Sprintf(format, args...)))
}

func (t *text) set(key string, value any) { t.line("%s = %s", key, literal(value)) }

// literal returns a text, number or list as TOML, which writes them as JSON does.
func literal(value any) string {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if err := e.Encode(value); err != nil {
		panic(err) // texts, numbers and lists of texts have a form in JSON
	}
	return strings.ReplaceAll(strings.TrimSpace(b.String()), `","`, `", "`)
}

// printable returns a comment on one line without control characters.
func printable(s string) string {
	return strings.Map(func(c rune) rune {
		if c < ' ' || c == 0x7f {
			return ' '
		}
		return c
	}, s)
}
