package fly

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"time"
)

// NotLocalError is a server at --fly that is not flylocal, or a port on which nothing answers.
type NotLocalError struct {
	Address string // on the user's machine
	Answer  string // empty: none
	cause   error
}

var _ interface{ Hint() string } = (*NotLocalError)(nil)

func (e *NotLocalError) Error() string {
	if e.Answer == "" {
		return fmt.Sprintf("nothing answers at %s, which --fly names: %v", e.Address, e.cause)
	}
	return fmt.Sprintf("%s answers, but it is not flylocal: %s. No token was sent to it", e.Address, e.Answer)
}

func (e *NotLocalError) Unwrap() error { return e.cause }

// Hint names the two ways to a Fly.
func (e *NotLocalError) Hint() string {
	return "`make up` starts flylocal and writes its address to .env; omit --fly to reach Fly.io"
}

// noRedirect stops at a redirect: the API of Fly has none, and another server would get the token.
func noRedirect(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }

// identify returns a *NotLocalError unless the server at --fly is flylocal. The request has no token. It is repeated for
// less than a second, and only without an answer: flylocal may be starting.
func (c *Client) identify(ctx context.Context) error {
	address := "127.0.0.1:" + c.local.Port()
	var answer string
	var err error
	for i := range 3 {
		if answer, err = c.ask(ctx); err == nil || answer != "" || i == 2 {
			break
		}
		time.Sleep(c.pause)
	}
	if err != nil {
		return &NotLocalError{Address: address, Answer: answer, cause: err}
	}
	return nil
}

// ask requests the page by which flylocal identifies itself. answer describes the response of another server.
func (c *Client) ask(ctx context.Context) (answer string, err error) {
	ctx, cancel := context.WithTimeout(ctx, c.patience)
	defer cancel()
	const page = "/_flylocal"
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, c.local.String()+page, nil)
	if err != nil {
		return "", err
	}
	plain := http.Client{Transport: c.http.Transport.(rebase).next, CheckRedirect: noRedirect}
	resp, err := plain.Do(req)
	if err != nil {
		return "", err
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(io.LimitReader(resp.Body, 1<<16))
	if err != nil {
		return "", err
	}
	var who struct {
		Flylocal bool `json:"flylocal"`
		Port     int  `json:"port"`
	}
	if json.Unmarshal(body, &who) == nil && who.Flylocal && resp.StatusCode == http.StatusOK {
		c.port = who.Port
		return "", nil
	}
	answer = fmt.Sprintf("GET %s returns %s", page, resp.Status)
	return answer, errors.New(answer)
}
