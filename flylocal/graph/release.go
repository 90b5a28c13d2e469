package graph

import (
	"context"
	"encoding/json"
	"slices"

	"github.com/renewa/pipeline/flylocal/cloud"
	"github.com/renewa/pipeline/flylocal/id"
)

func release(r *cloud.Release) object {
	return object{
		"id": r.ID, "version": r.Version, "description": "Release", "reason": r.Reason, "status": r.Status, "stable": true,
		"imageRef": r.Image, "createdAt": r.Created, "inProgress": !r.Done(), "deploymentStrategy": r.Strategy, "evaluationId": "",
		"configDefinition": rawOrNil(r.Definition), "metadata": rawOrNil(r.Metadata), "user": user(r.User),
	}
}

func user(name string) object {
	return object{"id": id.Node(name), "email": name + "@localhost", "name": name}
}

func rawOrNil(data json.RawMessage) any {
	if len(data) == 0 {
		return nil
	}
	return data
}

// releases lists the releases of an app, newest first.
func releases(app cloud.App, first int) object {
	var nodes []object
	for _, r := range slices.Backward(app.Releases) {
		if len(nodes) < first {
			nodes = append(nodes, release(r))
		}
	}
	return connection(nodes...)
}

func current(app cloud.App) any {
	if n := len(app.Releases); n > 0 {
		return release(app.Releases[n-1])
	}
	return nil
}

func definition(app cloud.App) any {
	if n := len(app.Releases); n > 0 && len(app.Releases[n-1].Definition) > 0 {
		return app.Releases[n-1].Definition
	}
	return object{}
}

func (a *API) createRelease(ctx context.Context, args arguments) (any, error) {
	in := args.input()
	app, err := a.find(ctx, in.text("appId"), true)
	if err != nil {
		return nil, err
	}
	def, _ := json.Marshal(in["definition"])
	r, err := a.cloud.CreateRelease(app.Name, cloud.Release{Image: in.text("image"), Strategy: in.text("strategy"), Definition: def, User: "local"})
	if err != nil {
		return nil, err
	}
	return object{"release": release(&r), "app": a.view(app)}, nil
}

func (a *API) updateRelease(ctx context.Context, args arguments) (any, error) {
	in := args.input()
	owner, err := a.cloud.ReleaseOf(in.text("releaseId"))
	if err != nil {
		return nil, err
	}
	if _, err := a.find(ctx, owner.Name, true); err != nil {
		return nil, err
	}
	meta, _ := json.Marshal(in["metadata"])
	r, err := a.cloud.UpdateRelease(in.text("releaseId"), in.text("status"), meta)
	if err != nil {
		return nil, err
	}
	return object{"release": release(&r)}, nil
}
