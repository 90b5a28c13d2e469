package flylocal

import (
	"bytes"
	"errors"
	"io"
	"net/http"
	"strconv"
)

// Transport returns a transport that calls this Fly without a network, whatever host a request names. An answer arrives
// when it is complete: streams need a real connection.
func (f *Fly) Transport() http.RoundTripper { return transport{f} }

type transport struct{ fly *Fly }

func (t transport) RoundTrip(r *http.Request) (resp *http.Response, err error) {
	if err := r.Context().Err(); err != nil {
		return nil, err
	}
	in := r.Clone(r.Context())
	in.RequestURI, in.RemoteAddr = r.URL.RequestURI(), "127.0.0.1:1"
	in.Header = http.Header{}
	for name, values := range r.Header {
		for _, v := range values {
			in.Header.Add(name, v) // in the spelling of a server
		}
	}
	if in.Host == "" {
		in.Host = r.URL.Host
	}
	if in.Body == nil {
		in.Body = http.NoBody
	}
	defer in.Body.Close()
	defer func() {
		p := recover()
		if p == nil {
			return
		}
		if cut, ok := p.(error); !ok || !errors.Is(cut, http.ErrAbortHandler) {
			panic(p)
		}
		resp, err = nil, io.ErrUnexpectedEOF // the fault that cuts connections
	}()
	answer := &recorder{header: http.Header{}, status: http.StatusOK}
	t.fly.ServeHTTP(answer, in)
	if err := r.Context().Err(); err != nil {
		return nil, err // the client left while it waited
	}
	return answer.response(r), nil
}

// recorder records an answer.
type recorder struct {
	header, sent http.Header
	status       int
	body         bytes.Buffer
}

func (w *recorder) Header() http.Header { return w.header }

func (w *recorder) WriteHeader(status int) {
	if w.sent == nil {
		w.status, w.sent = status, w.header.Clone()
	}
}

func (w *recorder) Write(b []byte) (int, error) {
	w.WriteHeader(http.StatusOK)
	return w.body.Write(b)
}

func (w *recorder) response(r *http.Request) *http.Response {
	w.WriteHeader(http.StatusOK)
	return &http.Response{
		Status: strconv.Itoa(w.status) + " " + http.StatusText(w.status), StatusCode: w.status, Proto: "HTTP/1.1",
		ProtoMajor: 1, ProtoMinor: 1, Header: w.sent, Body: io.NopCloser(&w.body), ContentLength: int64(w.body.Len()), Request: r,
	}
}
