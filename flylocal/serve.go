package flylocal

import (
	"crypto/rand"
	"encoding/hex"
	"errors"
	"fmt"
	"net/http"
	"runtime/debug"
	"strings"

	"github.com/renewa/pipeline/flylocal/answer"
	"github.com/renewa/pipeline/flylocal/flaps"
	"github.com/renewa/pipeline/flylocal/graph"
	"github.com/renewa/pipeline/flylocal/page"
	"github.com/renewa/pipeline/flylocal/proxy"
	"github.com/renewa/pipeline/flylocal/token"
	"github.com/renewa/pipeline/flylocal/uiex"
)

// routes returns the handler of all requests: by host first, then by path.
func (f *Fly) routes(apps http.Handler) http.Handler {
	m := http.NewServeMux()
	m.Handle("/v1/", f.member(flaps.New(f.cloud)))
	m.Handle("/graphql", f.member(graph.New(f.cloud, f.log)))
	m.Handle("/api/v1/", f.member(uiex.New(f.cloud)))
	m.Handle("/v2/", f.registry)
	m.HandleFunc("GET /_flylocal", f.about)
	m.Handle("/_flylocal/faults", f.member(f.faults.Admin()))
	pages := page.New(f.cloud, f.port)
	m.Handle("GET /{$}", pages)
	m.Handle("GET /_flylocal/page/", pages)
	m.HandleFunc("/", answer.Unknown)
	api := f.faults.Wrap(m)
	return f.outer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if _, ok := proxy.App(r.Host); ok {
			apps.ServeHTTP(w, r)
			return
		}
		api.ServeHTTP(w, r)
	}))
}

// outer marks every answer, and answers for a handler that panics: a client behind an engine's proxy waits for ever
// when its connection closes without an answer.
func (f *Fly) outer(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		id := make([]byte, 13)
		rand.Read(id)
		request := strings.ToUpper(hex.EncodeToString(id)) + "-local"
		w.Header().Set("Flylocal", "1")
		w.Header().Set("fly-request-id", request)
		defer func() {
			p := recover()
			if p == nil {
				return
			}
			if err, ok := p.(error); ok && errors.Is(err, http.ErrAbortHandler) {
				panic(p) // the fault that cuts connections
			}
			f.log.Error("flylocal panicked", "request", request, "method", r.Method, "path", r.URL.Path, "panic", p, "stack", string(debug.Stack()))
			answer.Refuse(w, http.StatusInternalServerError, "flylocal failed on %s %s, request %s: %v", r.Method, r.URL.Path, request, p)
		}()
		next.ServeHTTP(w, r)
	})
}

// member lets requests with a token of this Fly pass.
func (f *Fly) member(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		text := token.FromRequest(r)
		if text == "" {
			answer.Refuse(w, http.StatusUnauthorized, "unauthorized: send a token of this Fly as Authorization: Bearer")
			return
		}
		t, err := f.key.Parse(text)
		if err != nil {
			answer.Refuse(w, http.StatusUnauthorized, "unauthorized: %v", err)
			return
		}
		next.ServeHTTP(w, r.WithContext(token.With(r.Context(), t)))
	})
}

func (f *Fly) about(w http.ResponseWriter, _ *http.Request) {
	answer.JSON(w, http.StatusOK, map[string]any{"flylocal": true, "port": f.port, "version": f.version})
}

// Admin serves `flylocal token` and `flylocal ping` over a socket that only this machine's owner can open.
func (f *Fly) Admin() http.Handler {
	m := http.NewServeMux()
	m.HandleFunc("GET /ping", func(w http.ResponseWriter, _ *http.Request) { fmt.Fprintln(w, "ok") })
	m.HandleFunc("GET /token", func(w http.ResponseWriter, r *http.Request) {
		q := r.URL.Query()
		if q.Get("scope") == string(token.Engine) {
			http.Error(w, "the engine's token is not given out", http.StatusBadRequest)
			return
		}
		text, err := f.key.Mint(token.Token{Scope: token.Scope(q.Get("scope")), Org: q.Get("org"), App: q.Get("app")})
		if err != nil {
			http.Error(w, err.Error(), http.StatusBadRequest)
			return
		}
		fmt.Fprintln(w, text)
	})
	return m
}
