package flylocal

import (
	"bytes"
	"io"
	"net/http"
	"net/http/httptest"
)

// Transport reaches this Fly without a network: whatever host a request names, this Fly answers it.
func (f *Fly) Transport() http.RoundTripper { return transport{f} }

type transport struct{ fly *Fly }

func (t transport) RoundTrip(r *http.Request) (answer *http.Response, err error) {
	if err := r.Context().Err(); err != nil {
		return nil, err
	}
	in := r.Clone(r.Context())
	in.RequestURI, in.RemoteAddr = r.URL.RequestURI(), "127.0.0.1:1"
	in.Header = http.Header{}
	for name, values := range r.Header {
		for _, v := range values {
			in.Header.Add(name, v) // in the spelling that a server would read
		}
	}
	if in.Host == "" {
		in.Host = r.URL.Host
	}
	if in.Body == nil {
		in.Body = io.NopCloser(bytes.NewReader(nil))
	}
	defer in.Body.Close()
	defer func() {
		if p := recover(); p == http.ErrAbortHandler {
			answer, err = nil, io.ErrUnexpectedEOF // a connection that is cut on purpose
		} else if p != nil {
			panic(p)
		}
	}()
	said := httptest.NewRecorder()
	t.fly.ServeHTTP(said, in)
	answer = said.Result()
	answer.Request = r
	return answer, nil
}
