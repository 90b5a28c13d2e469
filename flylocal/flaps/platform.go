package flaps

import (
	"net/http"

	"github.com/renewa/pipeline/flylocal/answer"
)

// places are the names of some regions. Each of them is this machine.
var places = map[string]string{
	"ams": "Amsterdam, Netherlands", "arn": "Stockholm, Sweden", "cdg": "Paris, France",
	"fra": "Frankfurt, Germany", "iad": "Ashburn, Virginia (US)", "lhr": "London, United Kingdom", "sin": "Singapore, Singapore",
}

func (a *API) platform() {
	a.mux.HandleFunc("GET /v1/platform/regions", func(w http.ResponseWriter, _ *http.Request) {
		regions := []map[string]any{}
		for _, code := range a.cloud.Regions {
			name := places[code]
			if name == "" {
				name = code
			}
			regions = append(regions, map[string]any{
				"code": code, "name": name, "gateway_available": true,
				"requires_paid_plan": false, "deprecated": false, "capacity": 1000, "geo_region": "europe", "latitude": 50.0, "longitude": 8.6,
			})
		}
		answer.JSON(w, http.StatusOK, map[string]any{"regions": regions, "nearest": a.cloud.Regions[0]})
	})
	a.mux.HandleFunc("POST /v1/platform/placements", func(w http.ResponseWriter, r *http.Request) {
		var in struct {
			Region string `json:"region"`
			Count  int    `json:"count"`
		}
		if !answer.Read(w, r, &in) {
			return
		}
		if in.Region == "" {
			in.Region = a.cloud.Regions[0]
		}
		answer.JSON(w, http.StatusOK, map[string]any{"regions": []map[string]any{{"region": in.Region, "count": max(in.Count, 1), "concurrency": 1}}})
	})
}
