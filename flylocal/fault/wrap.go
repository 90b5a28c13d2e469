package fault

import (
	"cmp"
	"maps"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/renewa/pipeline/flylocal/answer"
	"github.com/renewa/pipeline/flylocal/cloud"
)

// texts are Fly's own where clients look for them.
var texts = map[int]string{
	408: "deadline_exceeded: request timed out", 409: "aborted: lease currently held by somebody-else@tokens.localhost, expires at soon",
	412: "failed_precondition", 429: "rate limit exceeded", 500: "internal server error", 502: "bad gateway", 503: "service unavailable", 504: "gateway timeout",
}

// lost is the kind of fault that carries a call out and loses its answer.
const lost = "lost"

// answers are the other kinds of faults of a call.
var answers = map[string]func(w http.ResponseWriter, r *http.Request, x *Fault){
	"cut": func(http.ResponseWriter, *http.Request, *Fault) { panic(http.ErrAbortHandler) },
	"no-memory": func(w http.ResponseWriter, _ *http.Request, _ *Fault) {
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

// kinds lists all kinds of faults.
func kinds() []string {
	of := slices.Sorted(maps.Keys(answers))
	return append(of, lost, string(cloud.Slow), string(cloud.Crash), string(cloud.Revert))
}

// Wrap puts faults and rate limits before an API. Calls to flylocal itself never fail.
func (f *Faults) Wrap(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if strings.HasPrefix(r.URL.Path, "/_flylocal") || r.URL.Path == "/" {
			next.ServeHTTP(w, r)
			return
		}
		if !f.allows(r) {
			w.Header().Set("Retry-After", "1")
			answer.Refuse(w, http.StatusTooManyRequests, "%s", texts[429])
			return
		}
		x := f.due(r)
		switch {
		case x == nil:
			next.ServeHTTP(w, r)
		case x.Kind == lost:
			next.ServeHTTP(discard{}, r)
			answer.Refuse(w, http.StatusRequestTimeout, "%s", texts[408])
		case x.Kind != "":
			answers[x.Kind](w, r, x)
		default:
			answer.Refuse(w, x.Status, "%s", cmp.Or(x.Text, texts[x.Status]))
		}
	})
}

// discard drops an answer.
type discard struct{}

func (discard) Header() http.Header         { return http.Header{} }
func (discard) Write(b []byte) (int, error) { return len(b), nil }
func (discard) WriteHeader(int)             {}
