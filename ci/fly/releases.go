package fly

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
)

// Release is Fly's record of one deployment of an app.
type Release struct {
	ID      string `json:"id"`
	Version int    `json:"version"` // counts up from 1
	Status  string `json:"status"`  // running, complete, failed, interrupted
}

// StartRelease writes a new release down, with the configuration it is made from, and returns its id
// and number.
func (c *Client) StartRelease(ctx context.Context, app, image, strategy string, definition json.RawMessage) (string, int, error) {
	in := map[string]any{"app_name": app, "image": image, "strategy": strategy, "definition": definition}
	var out struct{ Release Release }
	err := c.api(ctx, http.MethodPost, "/api/v1/releases", in, &out)
	return out.Release.ID, out.Release.Version, err
}

// EndRelease says how a release ended, with a note for whoever reads it later.
func (c *Client) EndRelease(ctx context.Context, id, status string, note any) error {
	in := map[string]any{"status": status, "metadata": map[string]any{"post_deployment_info": note}}
	return c.api(ctx, http.MethodPatch, "/api/v1/releases/"+url.PathEscape(id), in, nil)
}

// LastComplete is the number of the last release of an app that came to its end, among its latest; 0 when
// none did.
func (c *Client) LastComplete(ctx context.Context, app string) (int, error) {
	var out struct{ Releases []Release }
	err := c.api(ctx, http.MethodGet, fmt.Sprintf("/api/v1/apps/%s/releases?limit=50", url.PathEscape(app)), nil, &out)
	last := 0
	for _, r := range out.Releases {
		if r.Status == "complete" {
			last = max(last, r.Version)
		}
	}
	return last, err
}

// Logs returns the last lines a machine wrote, oldest first. A token that may not read logs gets an error.
func (c *Client) Logs(ctx context.Context, app, machine string) ([]string, error) {
	var out struct {
		Data []struct{ Attributes struct{ Message string } }
	}
	path := fmt.Sprintf("/api/v1/apps/%s/logs?instance=%s", url.PathEscape(app), url.QueryEscape(machine))
	if err := c.api(ctx, http.MethodGet, path, nil, &out); err != nil {
		return nil, err
	}
	var lines []string
	for _, d := range out.Data {
		lines = append(lines, d.Attributes.Message)
	}
	return lines, nil
}
