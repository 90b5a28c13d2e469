package flylocal_test

import (
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"

	"github.com/renewa/pipeline/flylocal"
	"github.com/renewa/pipeline/flylocal/control"
)

// A Fly for a test that needs an address.
func ExampleNew() {
	fly, err := flylocal.New()
	if err != nil {
		panic(err)
	}
	defer fly.Close()
	server := httptest.NewServer(fly)
	defer server.Close()

	req, _ := http.NewRequestWithContext(context.Background(), http.MethodPost, server.URL+"/v1/apps", strings.NewReader(`{"app_name":"web","org_slug":"personal"}`))
	req.Header.Set("Authorization", "Bearer "+fly.OrgToken())
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		panic(err)
	}
	defer resp.Body.Close()
	fmt.Println(resp.Status)
	// Output: 201 Created
}

// A machine that asks for no region gets the first.
func ExampleWithRegions() {
	fly, err := flylocal.New(flylocal.WithRegions("ams", "fra"))
	if err != nil {
		panic(err)
	}
	defer fly.Close()
	_, _ = fly.Cloud().CreateApp("web", "personal", "", "")
	m, err := fly.Cloud().Launch(context.Background(), "web", control.Launch{Config: []byte(`{"image":"postgres:17"}`)})
	fmt.Println(m.Region, err)
	// Output: ams <nil>
}
