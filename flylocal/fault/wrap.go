package fault

import (
	"net/http"
	"strings"
	"time"

	"github.com/renewa/pipeline/flylocal/answer"
)

// texts are Fly's own where clients look for them.
var texts = map[int]string{
	408: "deadline_exceeded: request timed out", 409: "aborted: lease currently held by somebody-else@tokens.localhost, expires at soon",
	412: "failed_precondition", 429: "rate limit exceeded", 500: "internal server error", 502: "bad gateway", 503: "service unavailable", 504: "gateway timeout",
}

// known are the faults with a name.
var known = map[string]func(w http.ResponseWriter, r *http.Request, x *Fault){
	"cut": func(http.ResponseWriter, *http.Request, *Fault) { panic(http.ErrAbortHandler) },
	"no-room": func(w http.ResponseWriter, _ *http.Request, _ *Fault) {
		answer.Refuse(w, http.StatusRequestTimeout, "aborted: could not reserve resource for machine: insufficient memory available to fulfill request")
	},
	"insufficient-capacity": func(w http.ResponseWriter, _ *http.Request, _ *Fault) {
		answer.JSON(w, http.StatusPreconditionFailed, map[string]string{"error": "insufficient resources available to fulfill request", "status": "insufficient_capacity"})
	},
	"hang": func(w http.ResponseWriter, r *http.Request, x *Fault) {
		select {
		case <-time.After(time.Duration(max(x.Seconds, 1)) * time.Second):
			answer.Refuse(w, http.StatusRequestTimeout, "%s", texts[408])
		case <-r.Context().Done():
		}
	},
}

// Wrap puts faults and limits in front of an API. The way to end them stays open.
func (f *Faults) Wrap(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if strings.HasPrefix(r.URL.Path, "/_flylocal") || r.URL.Path == "/" {
			next.ServeHTTP(w, r)
			return
		}
		if wait := f.tooFast(r); wait > 0 {
			w.Header().Set("Retry-After", "1")
			answer.Refuse(w, http.StatusTooManyRequests, "%s", texts[429])
			return
		}
		x := f.due(r)
		switch {
		case x == nil:
			next.ServeHTTP(w, r)
		case x.Kind == "lost": // the request is done, and its answer lost on the way
			next.ServeHTTP(nowhere{}, r)
			answer.Refuse(w, http.StatusRequestTimeout, "%s", texts[408])
		case x.Kind != "":
			known[x.Kind](w, r, x)
		default:
			text := x.Text
			if text == "" {
				text = texts[x.Status]
			}
			answer.Refuse(w, x.Status, "%s", text)
		}
	})
}

// nowhere is where a lost answer goes.
type nowhere struct{}

func (nowhere) Header() http.Header         { return http.Header{} }
func (nowhere) Write(b []byte) (int, error) { return len(b), nil }
func (nowhere) WriteHeader(int)             {}
