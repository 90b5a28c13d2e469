package scripted_test

import (
	"context"
	"fmt"
	"time"

	"github.com/renewa/pipeline/flylocal"
	"github.com/renewa/pipeline/flylocal/cloud"
	"github.com/renewa/pipeline/flylocal/control"
	"github.com/renewa/pipeline/flylocal/scripted"
)

// The migration fails, and everything else runs.
func ExampleNew() {
	fly, err := flylocal.New(flylocal.WithScript(func(s cloud.Spec) scripted.Act {
		if s.Env["RELEASE_COMMAND"] != "" {
			return scripted.Act{Ends: true, Code: 3, Output: []string{"relation already exists"}}
		}
		return scripted.Act{}
	}))
	if err != nil {
		panic(err)
	}
	defer fly.Close()
	_, _ = fly.Cloud().CreateApp("web", "personal", "", "")
	m, err := fly.Cloud().Launch(context.Background(), "web", control.Launch{Config: []byte(
		`{"image":"postgres:17","env":{"RELEASE_COMMAND":"1"},"auto_destroy":true,"restart":{"policy":"no"}}`)})
	if err != nil {
		panic(err)
	}
	key := cloud.Key{App: "web", Machine: m.ID}
	if err := fly.Cloud().Wait(context.Background(), key, cloud.Goal{States: []string{cloud.Destroyed}, Timeout: time.Minute}); err != nil {
		panic(err)
	}
	for _, line := range fly.Cloud().Lines("web", m.ID, "", 0, 10) {
		fmt.Println(line.Text)
	}
	// Output:
	// relation already exists
	// Main child exited normally with code: 3
}
