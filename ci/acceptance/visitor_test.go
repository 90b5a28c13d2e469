//go:build acceptance

package acceptance

import (
	"fmt"
	"sync"
	"testing"
	"time"
)

// visitor sends requests to an app until stop; each must be answered.
func visitor(t testing.TB, app string) (stop func()) {
	t.Helper()
	done := make(chan struct{})
	var waiting sync.WaitGroup
	var asked int
	var failed []string
	waiting.Go(func() {
		for {
			select {
			case <-done:
				return
			case <-time.After(200 * time.Millisecond):
			}
			asked++
			if status, body, err := visit("GET", app, "/api/contracts", "", nil); err != nil || status != 200 {
				failed = append(failed, fmt.Sprintf("%s: %d %.200s %v", time.Now().Format("15:04:05.0"), status, body, err))
			}
		}
	})
	return func() {
		t.Helper()
		close(done)
		waiting.Wait()
		t.Logf("%s was asked %d times", app, asked)
		for _, f := range failed {
			t.Errorf("%s did not answer: %s", app, f)
		}
	}
}
