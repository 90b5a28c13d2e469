// Package answer writes what Fly's APIs answer.
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

// OK writes what Fly writes when there is nothing to tell.
func OK(w http.ResponseWriter) { JSON(w, http.StatusOK, map[string]bool{"ok": true}) }

// Error writes err: with its own status when it is one of Fly's, as 500 otherwise.
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

// Refuse writes a problem of the caller's making.
func Refuse(w http.ResponseWriter, status int, format string, args ...any) {
	JSON(w, status, map[string]string{"error": fmt.Sprintf(format, args...)})
}

// Unknown is loud about what flylocal does not do: a 404 would be read as "no such app".
func Unknown(w http.ResponseWriter, r *http.Request) {
	Refuse(w, http.StatusNotImplemented, "flylocal does not know %s %s", r.Method, r.URL.Path)
}

// Read decodes a request's body into v; an empty body leaves v alone.
func Read(r *http.Request, v any) error {
	err := json.NewDecoder(io.LimitReader(r.Body, 8<<20)).Decode(v)
	if err == nil || errors.Is(err, io.EOF) {
		return nil
	}
	return &problem.Problem{Status: http.StatusBadRequest, Text: "invalid request body: " + err.Error()}
}
