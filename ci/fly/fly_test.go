package fly_test

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	gofly "github.com/superfly/fly-go"

	"github.com/renewa/pipeline/ci/fly"
	"github.com/renewa/pipeline/ci/output"
)

// serve returns a client of a local Fly that answers every request with the handler h.
func serve(t *testing.T, h http.HandlerFunc) *fly.Client {
	t.Helper()
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/_flylocal" {
			io.WriteString(w, `{"flylocal":true,"port":4280}`)
			return
		}
		h(w, r)
	}))
	t.Cleanup(s.Close)
	c, err := fly.Dial(t.Context(), fly.Options{Token: "flylocal_x", Base: s.URL})
	require.NoError(t, err)
	return c
}

func TestATokenIsNeverSentToTheOtherFly(t *testing.T) {
	var asked atomic.Bool
	s := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { asked.Store(true) }))
	defer s.Close()
	for reason, o := range map[string]fly.Options{
		"no token at all":                    {Token: " \n"},
		"flylocal's token for Fly's cloud":   {Token: "flylocal_abc"},
		"a real token for a local Fly":       {Token: "FlyV1 fm2_abc", Base: s.URL},
		"an old real token for a local Fly":  {Token: "fo1_abc", Base: s.URL},
		"flylocal's token with Fly's prefix": {Token: "FlyV1 flylocal_abc", Base: s.URL},
	} {
		t.Run(reason, func(t *testing.T) {
			_, err := fly.Dial(t.Context(), o)
			require.Error(t, err)
			require.False(t, asked.Load(), "nothing may be sent")
			require.NotContains(t, err.Error(), "abc", "no part of a token in an error")
		})
	}
}

func TestAServerThatIsNotFlylocalIsRefusedAtOnceAndGetsNoToken(t *testing.T) {
	var elsewhere atomic.Bool
	other := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		elsewhere.Store(true)
		io.WriteString(w, `{"flylocal":true,"port":4280}`)
	}))
	defer other.Close()
	for reason, answer := range map[string]http.HandlerFunc{
		"JSON of another kind":   func(w http.ResponseWriter, _ *http.Request) { io.WriteString(w, `{}`) },
		"a page":                 func(w http.ResponseWriter, _ *http.Request) { io.WriteString(w, `<html></html>`) },
		"no such page":           http.NotFound,
		"a broken server":        func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusInternalServerError) },
		"a redirect to flylocal": func(w http.ResponseWriter, r *http.Request) { http.Redirect(w, r, other.URL, http.StatusFound) },
	} {
		t.Run(reason, func(t *testing.T) {
			var calls atomic.Int32
			s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				calls.Add(1)
				assert.Empty(t, r.Header.Get("Authorization"))
				answer(w, r)
			}))
			defer s.Close()
			_, err := fly.Dial(t.Context(), fly.Options{Token: "flylocal_x", Base: s.URL})
			require.ErrorContains(t, err, strings.TrimPrefix(s.URL, "http://")+" answers, but it is not flylocal: GET /_flylocal returns ")
			require.ErrorContains(t, output.Error(err), "omit --fly to reach Fly.io")
			require.EqualValues(t, 1, calls.Load())
			require.False(t, elsewhere.Load(), "a redirect was followed")
		})
	}
}

func TestAPortOnWhichNothingAnswersIsNamed(t *testing.T) {
	var calls atomic.Int32
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		calls.Add(1)
		conn, _, _ := w.(http.Hijacker).Hijack()
		conn.Close() // as the engine does for a port of this machine on which nothing listens
	}))
	defer s.Close()
	_, err := fly.Dial(t.Context(), fly.Options{Token: "flylocal_x", Base: s.URL, Pause: time.Millisecond})
	require.ErrorContains(t, err, "nothing answers at "+strings.TrimPrefix(s.URL, "http://")+", which --fly names: ")
	require.ErrorContains(t, output.Error(err), "`make up` starts flylocal")
	require.LessOrEqual(t, calls.Load(), int32(6), "attempts; Go repeats a GET whose connection was cut")
}

func TestNoRequestFollowsARedirect(t *testing.T) {
	var elsewhere atomic.Bool
	other := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		elsewhere.Store(true)
		io.WriteString(w, `[]`)
	}))
	defer other.Close()
	c := serve(t, func(w http.ResponseWriter, r *http.Request) {
		http.Redirect(w, r, other.URL, http.StatusTemporaryRedirect)
	})
	_, err := c.Machines(t.Context(), "shop")
	require.ErrorContains(t, err, "307")
	require.False(t, elsewhere.Load())
}

func TestARefusedTokenIsFinalAtOnce(t *testing.T) {
	var calls atomic.Int32
	c := serve(t, func(w http.ResponseWriter, _ *http.Request) {
		calls.Add(1)
		http.Error(w, `{"error":"unauthorized"}`, http.StatusUnauthorized)
	})
	_, err := c.Lease(t.Context(), "shop", "1", time.Second, "")
	require.ErrorContains(t, err, "401 unauthorized")
	require.ErrorContains(t, err, "fly tokens create deploy")
	require.EqualValues(t, 1, calls.Load())
}

func TestALaunchWhoseAnswerWasLostFindsItsMachineAgain(t *testing.T) {
	for reason, lose := range map[string]func(http.ResponseWriter){
		"the connection was cut": func(w http.ResponseWriter) {
			conn, _, _ := w.(http.Hijacker).Hijack()
			conn.Close()
		},
		"a gateway gave up":    func(w http.ResponseWriter) { w.WriteHeader(http.StatusBadGateway) },
		"Fly took too long":    func(w http.ResponseWriter) { w.WriteHeader(http.StatusRequestTimeout) },
		"Fly broke on the way": func(w http.ResponseWriter) { w.WriteHeader(http.StatusInternalServerError) },
	} {
		t.Run(reason, func(t *testing.T) {
			var made []json.RawMessage
			c := serve(t, func(w http.ResponseWriter, r *http.Request) {
				if r.Method == http.MethodGet {
					assert.NoError(t, json.NewEncoder(w).Encode(made))
					return
				}
				var in struct{ Config json.RawMessage }
				assert.NoError(t, json.NewDecoder(r.Body).Decode(&in))
				made = append(made, json.RawMessage(fmt.Sprintf(`{"id":"m%d","state":"started","config":%s}`, len(made), in.Config)))
				lose(w)
			})
			m, err := c.Launch(t.Context(), "shop", gofly.LaunchMachineInput{Config: &gofly.MachineConfig{Image: "x"}})
			require.NoError(t, err)
			require.Equal(t, "m0", m.ID)
			require.Len(t, made, 1, "never two machines for one")
		})
	}
}

func TestALaunchThatWasNotExecutedIsRepeated(t *testing.T) {
	var posts atomic.Int32
	c := serve(t, func(w http.ResponseWriter, r *http.Request) {
		switch {
		case r.Method == http.MethodGet:
			io.WriteString(w, `[]`)
		case posts.Add(1) == 1:
			w.WriteHeader(http.StatusServiceUnavailable)
		default:
			io.WriteString(w, `{"id":"m1","state":"created"}`)
		}
	})
	m, err := c.Launch(t.Context(), "shop", gofly.LaunchMachineInput{Config: &gofly.MachineConfig{}})
	require.NoError(t, err)
	require.Equal(t, "m1", m.ID)
	require.EqualValues(t, 2, posts.Load())
}

func TestARequestIsRepeatedAfterARefusalByRateLimit(t *testing.T) {
	var calls atomic.Int32
	c := serve(t, func(w http.ResponseWriter, _ *http.Request) {
		if calls.Add(1) < 3 {
			w.Header().Set("Retry-After", "0")
			w.WriteHeader(http.StatusTooManyRequests)
			return
		}
		io.WriteString(w, `[]`)
	})
	_, err := c.Machines(t.Context(), "shop")
	require.NoError(t, err)
	require.EqualValues(t, 3, calls.Load())
}

func TestAHeldLeaseNamesItsHolder(t *testing.T) {
	c := serve(t, func(w http.ResponseWriter, _ *http.Request) {
		w.WriteHeader(http.StatusConflict)
		io.WriteString(w, `{"error":"failed to get lease: lease currently held by ada@example.org, expires at 2026-01-02T03:04:05Z"}`)
	})
	_, err := c.Lease(t.Context(), "shop", "m1", time.Second, "")
	var h *fly.Held
	require.ErrorAs(t, err, &h)
	require.Equal(t, "ada@example.org", h.Owner)
	require.Equal(t, "2026-01-02T03:04:05Z", h.Expires)
}

func TestAnUnknownFieldSurvivesAnUpdate(t *testing.T) {
	const before = `{"id":"m1","state":"started","config":{"image":"old","guest":{"cpus":1,"quantum":{"bits":7}},"younger_than_fly_go":["a"],"env":{"A":"1"}}}`
	var sent map[string]any
	c := serve(t, func(w http.ResponseWriter, r *http.Request) {
		if r.Method == http.MethodPost {
			var in struct{ Config map[string]any }
			assert.NoError(t, json.NewDecoder(r.Body).Decode(&in))
			sent = in.Config
		}
		io.WriteString(w, before)
	})
	m, err := c.Machine(t.Context(), "shop", "m1")
	require.NoError(t, err)
	next := *m.Config
	next.Image, next.Env = "new", nil
	_, err = c.Update(t.Context(), "shop", gofly.LaunchMachineInput{ID: "m1", Config: &next}, "")
	require.NoError(t, err)
	require.Equal(t, "new", sent["image"])
	require.Equal(t, []any{"a"}, sent["younger_than_fly_go"])
	require.Equal(t, map[string]any{"bits": 7.0}, sent["guest"].(map[string]any)["quantum"])
	require.NotContains(t, sent, "env", "a field that fly-go knows and the caller removed is removed")
}

// younger is a machine with fields in lists that fly-go does not know: big, and each new.
const younger = `{"id":"m1","state":"started","config":{"image":"old","big":12345678901234567890,
	"services":[
		{"protocol":"tcp","internal_port":80,"new":"a","ports":[{"port":80,"handlers":["http"],"new":"b"},{"port":443,"new":"gone"}],"checks":[{"type":"http","path":"/","new":"c"}]},
		{"protocol":"udp","internal_port":80,"new":"gone"}],
	"mounts":[{"volume":"vol_1","name":"data","path":"/old","new":"d"}],
	"containers":[{"name":"proxy","image":"envoy","new":"e"},{"name":"app","image":"app","files":[{"guest_path":"/a","new":"f"}]}],
	"dns":{"options":[{"name":"ndots","value":"1","new":"g"}]}}}`

func TestAnUnknownFieldOfAListElementSurvivesAnUpdate(t *testing.T) {
	var sent json.RawMessage
	c := serve(t, func(w http.ResponseWriter, r *http.Request) {
		if r.Method == http.MethodPost {
			var in struct{ Config json.RawMessage }
			assert.NoError(t, json.NewDecoder(r.Body).Decode(&in))
			sent = in.Config
		}
		io.WriteString(w, younger)
	})
	m, err := c.Machine(t.Context(), "shop", "m1")
	require.NoError(t, err)
	next, port := *m.Config, 8443
	next.Image, next.Mounts[0].Path = "new", "/moved"
	service := next.Services[0]
	service.Ports = []gofly.MachinePort{{Port: &port}, service.Ports[0]}
	next.Services = []gofly.MachineService{service}
	_, err = c.Update(t.Context(), "shop", gofly.LaunchMachineInput{ID: "m1", Config: &next}, "")
	require.NoError(t, err)
	require.JSONEq(t, `{"image":"new","init":{},"big":12345678901234567890,
		"services":[{"protocol":"tcp","internal_port":80,"new":"a","force_instance_key":null,
			"ports":[{"port":8443},{"port":80,"handlers":["http"],"new":"b"}],"checks":[{"type":"http","path":"/","new":"c"}]}],
		"mounts":[{"volume":"vol_1","name":"data","path":"/moved","new":"d"}],
		"containers":[{"name":"proxy","image":"envoy","new":"e"},{"name":"app","image":"app","files":[{"guest_path":"/a","new":"f"}]}],
		"dns":{"options":[{"name":"ndots","value":"1","new":"g"}]}}`, string(sent))
	require.Contains(t, string(sent), `12345678901234567890`, "numbers stay as they were written")
}

func TestAnAppIsFetchedByItsOwnHost(t *testing.T) {
	c := serve(t, func(w http.ResponseWriter, r *http.Request) {
		fmt.Fprintf(w, `{"host":%q}`, r.Host+r.URL.Path)
	})
	var out struct{ Host string }
	require.NoError(t, c.Fetch(context.Background(), "shop", "/version", &out))
	require.Equal(t, "shop.localhost:4280/version", out.Host)
	require.False(t, strings.HasPrefix(c.Name(), "Fly.io"))
}

// A server that is killed behind the engine's proxy closes no connection, so without a timeout the request would never end.
func TestARequestWithoutAnAnswerIsRepeated(t *testing.T) {
	var asked atomic.Int32
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/_flylocal" {
			io.WriteString(w, `{"flylocal":true,"port":4280}`)
			return
		}
		if asked.Add(1) == 1 {
			<-r.Context().Done()
			return
		}
		io.WriteString(w, `[]`)
	}))
	defer s.Close()
	c, err := fly.Dial(t.Context(), fly.Options{Token: "flylocal_x", Base: s.URL, Pause: time.Millisecond, Patience: 50 * time.Millisecond})
	require.NoError(t, err)
	_, err = c.Machines(t.Context(), "shop")
	require.NoError(t, err)
	require.EqualValues(t, 2, asked.Load())
}

func TestAKeyDependsOnTheTokenAndThePurpose(t *testing.T) {
	dial := func(token string) *fly.Client {
		c, err := fly.Dial(t.Context(), fly.Options{Token: token})
		require.NoError(t, err)
		return c
	}
	ada, again, ben := dial("FlyV1 fm2_ada"), dial(" FlyV1 fm2_ada\n"), dial("FlyV1 fm2_ben")
	require.Equal(t, ada.Key("a"), again.Key("a"))
	require.NotEqual(t, ada.Key("a"), ben.Key("a"))
	require.NotEqual(t, ada.Key("a"), ada.Key("b"))
}
