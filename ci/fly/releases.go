package fly

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/renewa/pipeline/ci/release/history"
)

// StartRelease records a new release with the fly.toml that it is made from, as JSON, and returns its id and number.
func (c *Client) StartRelease(ctx context.Context, app, image, strategy string, definition json.RawMessage) (string, int, error) {
	in := map[string]any{"app_name": app, "image": image, "strategy": strategy, "definition": definition}
	var out struct {
		Release struct {
			ID      string `json:"id"`
			Version int    `json:"version"`
		}
	}
	err := c.api(ctx, http.MethodPost, "/api/v1/releases", in, &out)
	return out.Release.ID, out.Release.Version, err
}

// EndRelease records the status of a release, with a note.
func (c *Client) EndRelease(ctx context.Context, id, status string, note any) error {
	in := map[string]any{"status": status, "metadata": map[string]any{"post_deployment_info": note}}
	return c.api(ctx, http.MethodPatch, "/api/v1/releases/"+url.PathEscape(id), in, nil)
}

// latest is the largest number of releases that History returns.
const latest = 100

// History returns an app's latest releases, the newest first. It uses GraphQL, because the web API returns a release
// without its fly.toml.
func (c *Client) History(ctx context.Context, app string) ([]history.Release, error) {
	var out struct {
		App *struct {
			Releases struct {
				Nodes []struct {
					ID         string          `json:"id"`
					Version    int             `json:"version"`
					Status     string          `json:"status"`
					Image      string          `json:"imageRef"`
					Definition json.RawMessage `json:"configDefinition"`
					User       struct{ Email string }
					Created    time.Time `json:"createdAt"`
				}
			}
		}
	}
	err := c.graph(ctx, `query($app: String!, $first: Int!) { app(name: $app) { releases: releasesUnprocessed(first: $first) {
		nodes { id version status imageRef configDefinition user { email } createdAt } } } }`, map[string]any{"app": app, "first": latest}, &out)
	if err != nil {
		return nil, fmt.Errorf("the releases of %s cannot be listed: %w", app, err)
	}
	var all []history.Release
	if out.App != nil {
		for _, n := range out.App.Releases.Nodes {
			all = append(all, history.Release{
				ID: n.ID, Version: n.Version, Status: strings.ToLower(n.Status), Image: n.Image, Definition: n.Definition,
				By: n.User.Email, Created: n.Created,
			})
		}
	}
	return all, nil
}

// Keep stores a release's report in the app's registry, because Fly does not return a note of a release.
func (c *Client) Keep(ctx context.Context, app string, release int, report []byte) error {
	return c.Registry().Keep(ctx, app, reportTag(release), report)
}

// Report returns the report of a release; nil when there is none.
func (c *Client) Report(ctx context.Context, app string, release int) ([]byte, error) {
	return c.Registry().Record(ctx, app, reportTag(release))
}

func reportTag(release int) string { return fmt.Sprintf("release-%d", release) }

// Logs returns the last log lines of a machine since a time, oldest first, also those without a time. A token without permission to read logs is an error.
func (c *Client) Logs(ctx context.Context, app, machine string, since time.Time) ([]string, error) {
	var out struct {
		Data []struct {
			Attributes struct{ Message, Timestamp string }
		}
	}
	path := fmt.Sprintf("/api/v1/apps/%s/logs?instance=%s", url.PathEscape(app), url.QueryEscape(machine))
	if err := c.api(ctx, http.MethodGet, path, nil, &out); err != nil {
		return nil, err
	}
	var lines []string
	for _, d := range out.Data {
		if at, err := time.Parse(time.RFC3339Nano, d.Attributes.Timestamp); err != nil || !at.Before(since) {
			lines = append(lines, d.Attributes.Message)
		}
	}
	return lines, nil
}
