package flylocal

import (
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/stretchr/testify/require"
)

// A connection that closes without an answer hangs clients behind an engine's proxy: a panic is an answer too.
func TestAPanicIsAnAnswer(t *testing.T) {
	f, err := New()
	require.NoError(t, err)
	defer f.Close()
	h := f.outer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { panic("oh no") }))
	w := httptest.NewRecorder()
	h.ServeHTTP(w, httptest.NewRequestWithContext(t.Context(), http.MethodPost, "/v1/apps", nil))
	require.Equal(t, http.StatusInternalServerError, w.Code)
	require.Contains(t, w.Body.String(), "oh no")
	require.Contains(t, w.Body.String(), w.Header().Get("fly-request-id"))
}

func TestTheAdminSocketGivesTokens(t *testing.T) {
	f, err := New()
	require.NoError(t, err)
	defer f.Close()
	ask := func(query string) *httptest.ResponseRecorder {
		w := httptest.NewRecorder()
		f.Admin().ServeHTTP(w, httptest.NewRequestWithContext(t.Context(), http.MethodGet, "/token?"+query, nil))
		return w
	}
	require.Equal(t, f.OrgToken()+"\n", ask("scope=org").Body.String())
	require.Equal(t, ask("scope=deploy&app=web").Body.String(), ask("scope=deploy&app=web").Body.String())
	require.Equal(t, http.StatusBadRequest, ask("scope=deploy").Code)
	require.Equal(t, http.StatusBadRequest, ask("scope=engine").Code, "the engine's token is for the engine")
}
