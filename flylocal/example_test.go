package flylocal_test

import (
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"

	"github.com/renewa/pipeline/flylocal"
)

// A Fly for a test: no containers, nothing on disk that stays, everything works at once.
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
