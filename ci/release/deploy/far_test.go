package deploy_test

import (
	"net/http"
	"sync/atomic"
	"time"
)

// far is a transport that delays requests by trip and counts them.
type far struct {
	next           http.RoundTripper
	calls, refused atomic.Int32
}

func (f *far) RoundTrip(r *http.Request) (*http.Response, error) {
	f.calls.Add(1)
	time.Sleep(trip)
	answer, err := f.next.RoundTrip(r)
	if err == nil && answer.StatusCode == http.StatusTooManyRequests {
		f.refused.Add(1)
	}
	return answer, err
}

func (f *far) result(took time.Duration) measured {
	return measured{int(f.calls.Load()), int(f.refused.Load()), took}
}
