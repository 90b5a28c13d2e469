package flaps

import (
	"encoding/json"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/google/shlex"

	"github.com/renewa/pipeline/flylocal/answer"
	"github.com/renewa/pipeline/flylocal/cloud"
	"github.com/renewa/pipeline/flylocal/config"
)

func (a *API) stop(w http.ResponseWriter, r *http.Request, k cloud.Key) {
	var in struct {
		Signal  string           `json:"signal"`
		Timeout *config.Duration `json:"timeout"`
	}
	if !answer.Read(w, r, &in) {
		return
	}
	h := cloud.Halt{Signal: signalName(in.Signal)}
	if in.Timeout != nil && *in.Timeout > 0 { // clients send "0s" for the timeout of the config
		h.Timeout, h.Set = time.Duration(*in.Timeout), true
	}
	answer.Done(w, a.cloud.Stop(k, nonce(r), h))
}

func (a *API) restart(w http.ResponseWriter, r *http.Request, k cloud.Key) {
	q := r.URL.Query()
	h := cloud.Halt{Signal: signalName(q.Get("signal")), Kill: q.Get("force_stop") == "true"}
	if t := q.Get("timeout"); t != "" {
		d, err := time.ParseDuration(t)
		if err != nil {
			answer.Refuse(w, http.StatusBadRequest, "invalid_argument: timeout %q", t)
			return
		}
		h.Timeout, h.Set = d, true
	}
	answer.Done(w, a.cloud.Restart(k, nonce(r), h))
}

func (a *API) signal(w http.ResponseWriter, r *http.Request, k cloud.Key) {
	var in struct {
		Signal json.RawMessage `json:"signal"` // a number or a name
	}
	if !answer.Read(w, r, &in) {
		return
	}
	name := signalName(strings.Trim(string(in.Signal), `"`))
	if name == "" {
		answer.Refuse(w, http.StatusBadRequest, "invalid_argument: a signal is required")
		return
	}
	answer.Done(w, a.cloud.Signal(r.Context(), k, nonce(r), name))
}

var signals = map[string]string{"1": "SIGHUP", "2": "SIGINT", "3": "SIGQUIT", "6": "SIGABRT", "9": "SIGKILL", "10": "SIGUSR1", "12": "SIGUSR2", "15": "SIGTERM"}

func signalName(s string) string {
	if name, ok := signals[s]; ok {
		return name
	}
	if s != "" && !strings.HasPrefix(s, "SIG") && strings.ToUpper(s) == s {
		if _, err := strconv.Atoi(s); err != nil {
			return "SIG" + s
		}
	}
	return s
}

// wait answers when the machine is in the state, or the time is over.
func (a *API) wait(w http.ResponseWriter, r *http.Request, k cloud.Key) {
	q := r.URL.Query()
	g := cloud.Goal{States: q["state"], Instance: q.Get("instance_id"), Timeout: 60 * time.Second}
	if g.Instance == "" {
		g.Instance = q.Get("version")
	}
	if len(g.States) == 0 {
		g.States = []string{cloud.Started}
	}
	if t := q.Get("timeout"); t != "" {
		n, err := strconv.Atoi(strings.TrimSuffix(t, "s"))
		if err != nil || n < 0 {
			answer.Refuse(w, http.StatusBadRequest, "invalid_argument: timeout %q", t)
			return
		}
		g.Timeout = time.Duration(min(max(n, 1), 60)) * time.Second
	}
	err := a.cloud.Wait(r.Context(), k, g)
	if r.Context().Err() != nil {
		return // the client is gone
	}
	answer.Done(w, err)
}

func (a *API) exec(w http.ResponseWriter, r *http.Request, k cloud.Key) {
	var in struct {
		Cmd       json.RawMessage `json:"cmd"` // a line, or a list
		Command   []string        `json:"command"`
		Timeout   int             `json:"timeout"`
		Stdin     string          `json:"stdin"`
		Container string          `json:"container"`
	}
	if !answer.Read(w, r, &in) {
		return
	}
	cmd, line := in.Command, ""
	switch {
	case len(cmd) > 0:
	case json.Unmarshal(in.Cmd, &line) == nil:
		cmd, _ = shlex.Split(line)
	default:
		_ = json.Unmarshal(in.Cmd, &cmd)
	}
	if len(cmd) == 0 {
		answer.Refuse(w, http.StatusBadRequest, "invalid_argument: cmd is required")
		return
	}
	out, err := a.cloud.Exec(r.Context(), k, cloud.Command{Cmd: cmd, Stdin: in.Stdin}, time.Duration(in.Timeout)*time.Second)
	answer.Result(w, http.StatusOK, map[string]any{"exit_code": out.Code, "stdout": out.Stdout, "stderr": out.Stderr}, err)
}
