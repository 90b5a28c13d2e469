package fly

import (
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"regexp"
	"slices"
	"strings"
)

// Error is an error that Fly answered.
type Error struct {
	Method, Path string
	Status       int    // HTTP status
	Text         string // Fly's message
	RequestID    string // for Fly's support

	retryAfter string
}

func newError(resp *http.Response, body []byte) *Error {
	var answer struct{ Error, Message string }
	text := strings.TrimSpace(string(body))
	if json.Unmarshal(body, &answer) == nil {
		text = cmp.Or(answer.Message, answer.Error, text)
	}
	if len(text) > 400 {
		text = text[:400] + "…"
	}
	return &Error{
		Method: resp.Request.Method, Path: resp.Request.URL.Path, Status: resp.StatusCode, Text: text,
		RequestID: resp.Header.Get("fly-request-id"), retryAfter: resp.Header.Get("Retry-After"),
	}
}

func (e *Error) Error() string {
	verb := "refused"
	if e.Status >= 500 {
		verb = "failed at"
	}
	s := fmt.Sprintf("Fly %s %s %s: %d %s", verb, e.Method, e.Path, e.Status, e.Text)
	if hint := e.Hint(); hint != "" {
		s += "\n" + hint
	}
	return s
}

// Hint returns advice for the user; empty when there is none.
func (e *Error) Hint() string {
	switch {
	case e.Status == http.StatusUnauthorized:
		return "The token is wrong or has expired: `fly tokens create deploy` makes a new one (flylocal: `make up` writes one)."
	case e.Status == http.StatusForbidden:
		return "The token lacks the permission: it belongs to another app or organisation, or is read-only. `fly tokens create deploy --app APP` makes another."
	case e.Status >= 500 && e.RequestID != "":
		return "Try again later. Fly's request id: " + e.RequestID
	case e.Status >= 500:
		return "Try again later."
	}
	return ""
}

// Final reports whether the same request would be refused again.
func (e *Error) Final() bool {
	return e.Status >= 400 && e.Status < 500 && !slices.Contains([]int{http.StatusRequestTimeout, http.StatusConflict, http.StatusPreconditionFailed, http.StatusTooManyRequests}, e.Status)
}

// noAnswerError is a request without an answer: Fly may or may not have carried it out.
type noAnswerError struct{ err error }

func (u *noAnswerError) Error() string { return "no answer from Fly: " + u.err.Error() }
func (u *noAnswerError) Unwrap() error { return u.err }

// NotFound reports whether Fly answered that the thing does not exist.
func NotFound(err error) bool { return status(err) == http.StatusNotFound }

// Absent reports the same as NotFound; interfaces need a method.
func (c *Client) Absent(err error) bool { return NotFound(err) }

// IsTaken reports whether Fly answered that a name is in use.
func (c *Client) IsTaken(err error) bool {
	return status(err) == http.StatusConflict || status(err) == http.StatusUnprocessableEntity && strings.Contains(err.Error(), "already")
}

func status(err error) int {
	var e *Error
	if errors.As(err, &e) {
		return e.Status
	}
	return 0
}

// leaseHeld matches Fly's message about a lease that somebody else holds.
var leaseHeld = regexp.MustCompile(`lease currently held by (\S+?),? expires at (\S+)`)
