package graph

import (
	"cmp"
	"context"

	"github.com/renewa/pipeline/flylocal/id"
	"github.com/renewa/pipeline/flylocal/token"
)

func (a *API) createApp(ctx context.Context, args arguments) (any, error) {
	in := args.input()
	org := ""
	for _, slug := range append(Organizations(a.cloud, token.From(ctx)), in.text("organizationId")) {
		if id.Node(slug) == in.text("organizationId") || slug == in.text("organizationId") {
			org = slug
			break
		}
	}
	if !token.From(ctx).Creates(org) {
		return nil, unauthorized("creating apps takes an org token")
	}
	app, err := a.cloud.CreateApp(in.text("name"), org, in.text("network"), in.text("appRoleId"))
	if err != nil {
		return nil, err
	}
	return object{"app": a.view(app)}, nil
}

func (a *API) deleteApp(ctx context.Context, args arguments) (any, error) {
	app, err := a.find(ctx, args.text("appId"), true)
	if err != nil {
		return nil, err
	}
	if !token.From(ctx).Creates(app.Org) {
		return nil, unauthorized("deleting apps takes an org token")
	}
	return object{"organization": organization(app.Org)}, a.cloud.DeleteApp(app.Name)
}

func (a *API) setSecrets(ctx context.Context, args arguments) (any, error) {
	in := args.input()
	app, err := a.find(ctx, in.text("appId"), true)
	if err != nil {
		return nil, err
	}
	values := map[string]*string{}
	list, _ := in["secrets"].([]any)
	for _, item := range list {
		s, _ := item.(map[string]any)
		key, value := arguments(s).text("key"), arguments(s).text("value")
		values[key] = &value
	}
	if _, err := a.cloud.SetSecrets(app.Name, values); err != nil {
		return nil, err
	}
	return object{"app": a.view(app), "release": nil}, nil
}

func (a *API) unsetSecrets(ctx context.Context, args arguments) (any, error) {
	in := args.input()
	app, err := a.find(ctx, in.text("appId"), true)
	if err != nil {
		return nil, err
	}
	values := map[string]*string{}
	list, _ := in["keys"].([]any)
	for _, item := range list {
		if key, ok := item.(string); ok {
			values[key] = nil
		}
	}
	if _, err := a.cloud.SetSecrets(app.Name, values); err != nil {
		return nil, err
	}
	return object{"app": a.view(app), "release": nil}, nil
}

func (a *API) allocateIP(ctx context.Context, args arguments) (any, error) {
	in := args.input()
	app, err := a.find(ctx, in.text("appId"), true)
	if err != nil {
		return nil, err
	}
	ip, err := a.cloud.AssignIP(app.Name, in.text("type"), in.text("region"), in.text("serviceName"))
	if err != nil {
		return nil, err
	}
	app, _ = a.cloud.App(app.Name)
	return object{"app": a.view(app), "ipAddress": object{"id": ip.Address, "address": ip.Address, "type": ip.Type, "region": ip.Region, "createdAt": ip.Created}}, nil
}

func (a *API) releaseIP(ctx context.Context, args arguments) (any, error) {
	in := args.input()
	app, err := a.find(ctx, in.text("appId"), true)
	if err != nil {
		return nil, err
	}
	return object{"clientMutationId": ""}, a.cloud.ReleaseIP(app.Name, cmp.Or(in.text("ip"), in.text("ipAddressId")))
}
