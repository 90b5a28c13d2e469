package uiex

import (
	"net/http"
	"strconv"
	"time"

	"github.com/renewa/pipeline/flylocal/answer"
	"github.com/renewa/pipeline/flylocal/token"
)

// logs answers lines after a position. A client that sends the position of the last answer gets each line once.
// A deploy token may not read logs, as on Fly.
func (a *API) logs(w http.ResponseWriter, r *http.Request) {
	if token.From(r.Context()).Scope == token.Deploy {
		answer.Refuse(w, http.StatusUnauthorized, "unauthorized: a deploy token cannot read logs")
		return
	}
	app, ok := a.app(w, r, r.PathValue("app"), false)
	if !ok {
		return
	}
	q := r.URL.Query()
	after, _ := strconv.ParseInt(q.Get("next_token"), 10, 64)
	data := []map[string]any{}
	for _, e := range a.cloud.Lines(app.Name, q.Get("instance"), q.Get("region"), after, 100) {
		after = e.ID
		data = append(data, map[string]any{"id": strconv.FormatInt(e.ID, 10), "type": "log", "attributes": map[string]any{
			"timestamp": e.Time.UTC().Format(time.RFC3339Nano), "message": e.Text, "level": e.Level, "instance": e.Machine, "region": e.Region,
			"meta": map[string]any{"instance": e.Machine, "region": e.Region, "event": map[string]any{"provider": "app"}},
		}})
	}
	next := q.Get("next_token")
	if after > 0 {
		next = strconv.FormatInt(after, 10)
	}
	answer.JSON(w, http.StatusOK, map[string]any{"data": data, "meta": map[string]any{"next_token": next}})
}
