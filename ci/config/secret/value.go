// Package secret holds values that no printer opens.
package secret

import (
	"crypto/subtle"
	"fmt"
	"io"
	"log/slog"
)

// mask stands for every value, whatever its length: a length is a hint too.
const mask = "***"

var (
	_ fmt.Formatter  = Value{}
	_ fmt.GoStringer = Value{}
	_ slog.LogValuer = Value{}
)

// A Value prints as *** through fmt with every verb, through slog, JSON and
// text encoders. It keeps its text inside a function, because fmt looks into
// unexported fields by reflection, past every method, and a function has no
// inside to look at. The zero Value is empty text.
type Value struct {
	text func() string
}

// NewValue hides text.
func NewValue(text string) Value {
	return Value{text: func() string { return text }}
}

// Reveal opens the value. It is called where secrets leave for Fly, and
// nowhere else.
func (v Value) Reveal() string {
	if v.text == nil {
		return ""
	}
	return v.text()
}

// Equal compares in constant time.
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
