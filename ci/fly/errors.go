package fly

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"regexp"
	"slices"
	"strings"
)

// Error is Fly's own refusal of a request.
type Error struct {
	Method, Path string
	Status       int    // HTTP status
	Text         string // Fly's words
	RequestID    string // what Fly's support asks for

	retryAfter string
}

func newError(resp *http.Response, body []byte) *Error {
	var said struct{ Error, Message string }
	text := strings.TrimSpace(string(body))
	if json.Unmarshal(body, &said) == nil && said.Error+said.Message != "" {
		text = said.Message
		if text == "" {
			text = said.Error
		}
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
	s := fmt.Sprintf("Fly refused %s %s: %d %s", e.Method, e.Path, e.Status, e.Text)
	if hint := e.Hint(); hint != "" {
		s += "\n" + hint
	}
	return s
}

// Hint says what to do about it; empty where Fly's words say all there is.
func (e *Error) Hint() string {
	switch {
	case e.Status == http.StatusUnauthorized:
		return "The token is wrong or has expired: `fly tokens create deploy` makes a new one (flylocal: `make up` writes one)."
	case e.Status == http.StatusForbidden:
		return "The token may not do this: it belongs to another app or organisation, or may only read."
	case e.Status >= 500 && e.RequestID != "":
		return "Fly's request id: " + e.RequestID
	}
	return ""
}

// Final reports whether asking again cannot help: Fly understood, and will not.
func (e *Error) Final() bool {
	return e.Status >= 400 && e.Status < 500 && !slices.Contains([]int{http.StatusRequestTimeout, http.StatusConflict, http.StatusPreconditionFailed, http.StatusTooManyRequests}, e.Status)
}

// unanswered is a request whose answer never came: it may or may not have been carried out.
type unanswered struct{ err error }

func (u *unanswered) Error() string { return "no answer from Fly: " + u.err.Error() }
func (u *unanswered) Unwrap() error { return u.err }

// NotFound reports whether Fly said that the thing does not exist.
func NotFound(err error) bool { return status(err) == http.StatusNotFound }

// Absent is NotFound, for those who were handed the client.
func (c *Client) Absent(err error) bool { return NotFound(err) }

// Taken reports whether Fly said that a name is in use already.
func (c *Client) Taken(err error) bool {
	return status(err) == http.StatusConflict || status(err) == http.StatusUnprocessableEntity && strings.Contains(err.Error(), "already")
}

func status(err error) int {
	var e *Error
	if errors.As(err, &e) {
		return e.Status
	}
	return 0
}

// held reads who holds a lease out of Fly's words.
var held = regexp.MustCompile(`lease currently held by (\S+?),? expires at (\S+)`)
