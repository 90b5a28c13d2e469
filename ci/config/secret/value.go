// Package secret parses files of secrets into values that print as ***.
package secret

import (
	"crypto/subtle"
	"fmt"
	"io"
	"log/slog"
)

// mask has the same length for every value, because the length of a secret is a hint too.
const mask = "***"

var (
	_ fmt.Formatter  = Value{}
	_ fmt.GoStringer = Value{}
	_ slog.LogValuer = Value{}
)

// A Value prints as *** with every verb of fmt, and in slog, JSON and text encoders. A Value keeps its text in a
// function, because fmt prints unexported fields by reflection without calling their methods, and cannot print the
// variables of a function. The zero Value is the empty text.
type Value struct {
	text func() string
}

// NewValue returns a Value that holds text.
func NewValue(text string) Value {
	return Value{text: func() string { return text }}
}

// Reveal returns the text, which must never reach a log, a report or an error.
func (v Value) Reveal() string {
	if v.text == nil {
		return ""
	}
	return v.text()
}

// Equal reports whether two values are the same, in constant time.
func (v Value) Equal(w Value) bool {
	return subtle.ConstantTimeCompare([]byte(v.Reveal()), []byte(w.Reveal())) == 1
}

// IsEmpty reports whether the value is empty.
func (v Value) IsEmpty() bool { return v.Reveal() == "" }

// Format prints *** for every verb and flag.
func (v Value) Format(w fmt.State, _ rune) { io.WriteString(w, mask) }

// String, GoString, LogValue, MarshalText and MarshalJSON print *** as well.
func (v Value) String() string               { return mask }
func (v Value) GoString() string             { return mask }
func (v Value) LogValue() slog.Value         { return slog.StringValue(mask) }
func (v Value) MarshalText() ([]byte, error) { return []byte(mask), nil }
func (v Value) MarshalJSON() ([]byte, error) { return []byte(`"` + mask + `"`), nil }
