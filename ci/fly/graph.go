package fly

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
)

const graphPath = "/graphql"

// graph sends a GraphQL query. GraphQL answers errors with status 200 and a message.
func (c *Client) graph(ctx context.Context, query string, variables map[string]any, out any) error {
	var answer struct {
		Data   json.RawMessage
		Errors []struct {
			Message    string
			Extensions struct{ Code string }
		}
	}
	if err := c.api(ctx, http.MethodPost, graphPath, map[string]any{"query": query, "variables": variables}, &answer); err != nil {
		return err
	}
	if len(answer.Errors) > 0 {
		first := answer.Errors[0]
		return &Error{Method: http.MethodPost, Path: graphPath, Status: graphStatus(first.Extensions.Code), Text: first.Message}
	}
	if err := json.Unmarshal(answer.Data, out); err != nil {
		return fmt.Errorf("the answer of %s cannot be read: %w", graphPath, err)
	}
	return nil
}

// graphStatus returns the HTTP status that the Machines API has for the same error.
func graphStatus(code string) int {
	switch code {
	case "NOT_FOUND":
		return http.StatusNotFound
	case "UNAUTHORIZED", "FORBIDDEN": // Fly refuses an unknown token before GraphQL
		return http.StatusForbidden
	}
	return http.StatusUnprocessableEntity
}
