package flylocal_test

import (
	"fmt"
	"net/http"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	fly "github.com/superfly/fly-go"

	"github.com/renewa/pipeline/flylocal"
	"github.com/renewa/pipeline/flylocal/cloud"
	"github.com/renewa/pipeline/flylocal/scripted"
)

func answers(h http.HandlerFunc) flylocal.Option {
	return flylocal.WithScript(func(cloud.Spec) scripted.Act { return scripted.Act{Serves: h} })
}

func TestAHealthCheckHasAStatusAndAnOutput(t *testing.T) {
	grace := &fly.Duration{Duration: time.Minute}
	for reason, c := range map[string]struct {
		handler http.HandlerFunc
		check   fly.MachineServiceCheck
		status  fly.ConsulCheckStatus
		want    string
	}{
		"200 passes":             {func(w http.ResponseWriter, r *http.Request) { fmt.Fprint(w, "fine") }, fly.MachineServiceCheck{Type: ptr("http"), HTTPPath: ptr("/healthz")}, fly.Passing, "200 OK\nfine"},
		"500 fails":              {func(w http.ResponseWriter, r *http.Request) { http.Error(w, "no database", 500) }, fly.MachineServiceCheck{Type: ptr("http"), HTTPPath: ptr("/")}, fly.Critical, "no database"},
		"a redirect fails":       {func(w http.ResponseWriter, r *http.Request) { http.Redirect(w, r, "/x", http.StatusFound) }, fly.MachineServiceCheck{Type: ptr("http"), HTTPPath: ptr("/")}, fly.Critical, "302 Found"},
		"a failure within grace": {func(w http.ResponseWriter, r *http.Request) { http.Error(w, "wait", http.StatusServiceUnavailable) }, fly.MachineServiceCheck{Type: ptr("http"), HTTPPath: ptr("/"), GracePeriod: grace}, fly.Warning, "503"},
		"the path is asked for":  {func(w http.ResponseWriter, r *http.Request) { fmt.Fprint(w, r.Method, r.URL.Path) }, fly.MachineServiceCheck{Type: ptr("http"), HTTPMethod: ptr("post"), HTTPPath: ptr("/x")}, fly.Passing, "POST/x"},
		"headers are sent":       {func(w http.ResponseWriter, r *http.Request) { fmt.Fprint(w, r.Header.Get("X-A"), r.Host) }, fly.MachineServiceCheck{Type: ptr("http"), HTTPPath: ptr("/"), HTTPHeaders: []fly.MachineHTTPHeader{{Name: "X-A", Values: []string{"b"}}, {Name: "Host", Values: []string{"c"}}}}, fly.Passing, "bc"},
		"its host is an address, as some machines' names are no valid host": {func(w http.ResponseWriter, r *http.Request) { fmt.Fprint(w, r.Host) }, fly.MachineServiceCheck{Type: ptr("http"), HTTPPath: ptr("/")}, fly.Passing, "172.19.0.2:8080"},
		"too slow is not healthy": {func(w http.ResponseWriter, r *http.Request) { <-r.Context().Done() }, fly.MachineServiceCheck{Type: ptr("http"), HTTPPath: ptr("/"), Timeout: &fly.Duration{Duration: 100 * time.Millisecond}}, fly.Critical, "deadline"},
		"a port that connects":    {nil, fly.MachineServiceCheck{Type: ptr("tcp")}, fly.Passing, "connected to port 8080"},
	} {
		t.Run(reason, func(t *testing.T) {
			w := open(t, answers(c.handler))
			app := w.app("web")
			cfg := web()
			if c.check.Timeout == nil {
				c.check.Timeout = &fly.Duration{Duration: time.Minute}
			}
			cfg.Services[0].Checks = []fly.MachineServiceCheck{c.check}
			m := w.launch(app, cfg)
			w.until("the check was done", func() bool {
				got := w.get(app, m.ID).Checks
				return len(got) == 1 && got[0].Output != "waiting for status update"
			})
			got := w.get(app, m.ID).Checks[0]
			require.Equal(t, c.status, got.Status)
			require.Contains(t, got.Output, c.want)
		})
	}
}

func TestAMachineThatRecoversIsHealthyAgain(t *testing.T) {
	var broken atomic.Bool
	broken.Store(true)
	w := open(t, answers(func(w http.ResponseWriter, _ *http.Request) {
		if broken.Load() {
			http.Error(w, "not yet", http.StatusServiceUnavailable)
		}
	}))
	app := w.app("web")
	cfg := web()
	cfg.Services = nil
	cfg.Checks = map[string]fly.MachineCheck{"alive": {Type: ptr("http"), Port: ptr(80), HTTPPath: ptr("/")}}
	m := w.launch(app, cfg)
	status := func() fly.ConsulCheckStatus { return w.get(app, m.ID).Checks[0].Status }
	w.until("it is sick", func() bool { return status() == fly.Critical })
	require.Equal(t, "alive", w.get(app, m.ID).Checks[0].Name)
	broken.Store(false)
	w.until("it is well", func() bool { return status() == fly.Passing })
}

func TestThereIsAWarningOfAServiceThatOthersCannotReach(t *testing.T) {
	t.Parallel()
	w := open(t, flylocal.WithScript(func(cloud.Spec) scripted.Act { return scripted.Act{Listens: []string{"0.0.0.0:8080"}} }))
	app := w.app("web")
	m := w.launch(app, web())
	w.until("there is a warning", func() bool {
		_, body := w.do("GET", "/api/v1/apps/web/logs?instance="+m.ID, w.fly.OrgToken(), nil)
		return contain(body, "port 8080 is listened on over IPv4 only")
	})
	require.NotNil(t, w.get(app, m.ID).GetLatestEventOfType("warning"))
}
