// Package answer writes answers as Fly's APIs do.
package answer

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"

	"github.com/renewa/pipeline/flylocal/problem"
)

// JSON writes v.
func JSON(w http.ResponseWriter, status int, v any) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	e := json.NewEncoder(w)
	e.SetEscapeHTML(false)
	_ = e.Encode(v)
}

// OK writes the answer of an action that went well and has no other answer.
func OK(w http.ResponseWriter) { JSON(w, http.StatusOK, map[string]bool{"ok": true}) }

// Error writes err: a problem with its own status, any other error with 500.
func Error(w http.ResponseWriter, err error) {
	status, body := http.StatusInternalServerError, map[string]string{"error": err.Error()}
	if p := (*problem.Problem)(nil); errors.As(err, &p) {
		status = p.Status
		if p.Code != "" {
			body["status"] = p.Code
		}
	}
	JSON(w, status, body)
}

// Done writes the answer of an action that has no answer but its error.
func Done(w http.ResponseWriter, err error) {
	if err != nil {
		Error(w, err)
		return
	}
	OK(w)
}

// Result writes v, or the error.
func Result(w http.ResponseWriter, status int, v any, err error) {
	if err != nil {
		Error(w, err)
		return
	}
	JSON(w, status, v)
}

// Refuse writes an error that the caller made.
func Refuse(w http.ResponseWriter, status int, format string, args ...any) {
	JSON(w, status, map[string]string{"error": fmt.Sprintf(format, args...)})
}

// Unknown answers a request that flylocal does not implement. A 404 would be taken for "no such app".
func Unknown(w http.ResponseWriter, r *http.Request) {
	Refuse(w, http.StatusNotImplemented, "flylocal does not know %s %s", r.Method, r.URL.Path)
}

// Read decodes the body of a request into v, and reports whether it could; otherwise it has answered. An empty body
// leaves v as it is.
func Read(w http.ResponseWriter, r *http.Request, v any) bool {
	err := json.NewDecoder(io.LimitReader(r.Body, 8<<20)).Decode(v)
	if err == nil || errors.Is(err, io.EOF) {
		return true
	}
	Refuse(w, http.StatusBadRequest, "invalid request body: %v", err)
	return false
}
