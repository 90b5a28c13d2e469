package fly

import (
	"net/http"
	"net/url"
)

// rebase sends requests for Fly's hosts to a local Fly instead. It keeps the name of an app's host in the Host header,
// by which the local Fly finds the app.
type rebase struct {
	next  http.RoundTripper
	local *url.URL
}

func (t rebase) RoundTrip(req *http.Request) (*http.Response, error) {
	if t.local == nil {
		return t.next.RoundTrip(req)
	}
	host := req.URL.Host
	req = req.Clone(req.Context())
	req.URL.Scheme, req.URL.Host = t.local.Scheme, t.local.Host
	switch host {
	case machinesHost, apiHost:
		req.Host = t.local.Host
	default:
		req.Host = host
	}
	return t.next.RoundTrip(req)
}
