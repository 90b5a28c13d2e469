package fault

import (
	"encoding/json"
	"net/http"

	"github.com/renewa/pipeline/flylocal/answer"
	"github.com/renewa/pipeline/flylocal/token"
)

// Admin adds faults by POST, ends them by DELETE, lists them by GET. It takes an org token.
func (f *Faults) Admin() http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if t := token.From(r.Context()); t.Scope != token.Org {
			answer.Refuse(w, http.StatusForbidden, "unauthorized: faults take an org token")
			return
		}
		switch r.Method {
		case http.MethodPost:
			var x struct {
				Fault
				Limits *bool `json:"rate_limits"`
			}
			if err := json.NewDecoder(r.Body).Decode(&x); err != nil {
				answer.Refuse(w, http.StatusBadRequest, "invalid fault: %v", err)
				return
			}
			if x.Limits != nil {
				f.limits(*x.Limits)
				answer.OK(w)
				return
			}
			if err := f.Add(x.Fault); err != nil {
				answer.Error(w, err)
				return
			}
			answer.OK(w)
		case http.MethodDelete:
			f.Clear()
			answer.OK(w)
		case http.MethodGet:
			f.mu.Lock()
			defer f.mu.Unlock()
			answer.JSON(w, http.StatusOK, f.all)
		default:
			answer.Unknown(w, r)
		}
	})
}

func (f *Faults) limits(on bool) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.limit = nil
	if on {
		f.limit = newLimiter()
	}
}
