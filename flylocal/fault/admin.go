package fault

import (
	"encoding/json"
	"net/http"

	"github.com/renewa/pipeline/flylocal/answer"
	"github.com/renewa/pipeline/flylocal/token"
)

// Admin adds a fault by POST, lists faults by GET and ends them by DELETE. It takes an org token.
func (f *Faults) Admin() http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if t := token.From(r.Context()); t.Scope != token.Org {
			answer.Refuse(w, http.StatusForbidden, "unauthorized: faults take an org token")
			return
		}
		switch r.Method {
		case http.MethodPost:
			answer.Done(w, f.post(r))
		case http.MethodDelete:
			f.Clear()
			answer.OK(w)
		case http.MethodGet:
			answer.JSON(w, http.StatusOK, map[string]any{"faults": f.List(), "rate_limits": f.Limited()})
		default:
			answer.Unknown(w, r)
		}
	})
}

// post adds the fault of a request, or switches rate limits. A field that is not known is an error.
func (f *Faults) post(r *http.Request) error {
	var x struct {
		Fault
		Limits *bool `json:"rate_limits"`
	}
	d := json.NewDecoder(r.Body)
	d.DisallowUnknownFields()
	if err := d.Decode(&x); err != nil {
		return refuse("not a fault: %v; it has method, path, nth, app, times, status, kind, text and seconds, or rate_limits alone", err)
	}
	if d.More() {
		return refuse("one fault at a time")
	}
	switch {
	case x.Limits == nil:
		return f.Add(x.Fault)
	case x.Fault != Fault{}:
		return refuse("rate_limits stand alone: send the fault by itself")
	}
	f.Limit(*x.Limits)
	return nil
}
