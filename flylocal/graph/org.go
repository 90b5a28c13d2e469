package graph

import (
	"cmp"
	"context"
	"fmt"
	"maps"
	"slices"

	"github.com/renewa/pipeline/flylocal/control"
	"github.com/renewa/pipeline/flylocal/id"
	"github.com/renewa/pipeline/flylocal/token"
)

// organization returns an organisation. Every name is one: flylocal has no accounts.
func organization(slug string) object {
	return object{
		"id": id.Node(slug), "internalNumericId": fmt.Sprint(id.Number(slug)), "slug": slug, "rawSlug": slug, "name": slug,
		"type": kind(slug), "paidPlan": true, "billable": true, "billingStatus": "CURRENT", "viewerRole": "admin", "provisionsBetaExtensions": false,
		"limitedAccessTokens": connection(), "remoteBuilderApp": nil, "remoteBuilderImage": "", "settings": object{}, "addOns": connection(),
		"members": object{"edges": []object{}, "nodes": []object{}}, "wireGuardPeers": connection(),
	}
}

func kind(slug string) string {
	if slug == "personal" {
		return "PERSONAL"
	}
	return "SHARED"
}

func (a *API) organization(ctx context.Context, args arguments) (any, error) {
	slug, t := cmp.Or(args.text("slug"), args.text("name")), token.From(ctx)
	if t.Org != "" && t.Org != slug {
		return nil, &graphError{Message: "Could not find Organization", Extensions: map[string]string{"code": "NOT_FOUND"}}
	}
	return organization(slug), nil
}

// organizations lists those that the token may use.
func (a *API) organizations(ctx context.Context, _ arguments) (any, error) {
	var nodes []object
	for _, slug := range Organizations(a.cloud, token.From(ctx)) {
		nodes = append(nodes, organization(slug))
	}
	return connection(nodes...), nil
}

// Organizations lists the slugs that a token may use: those of its apps, and the personal one.
func Organizations(c *control.Cloud, t token.Token) []string {
	if t.Org != "" {
		return []string{t.Org}
	}
	all := map[string]bool{"personal": true}
	for _, app := range c.Apps() {
		if t.Sees(app.Org, app.Name) {
			all[app.Org] = true
		}
	}
	return slices.Sorted(maps.Keys(all))
}

func (a *API) viewer(ctx context.Context, _ arguments) (any, error) {
	v := user("local")
	v["__typename"] = "User"
	v["enablePaidHobby"], v["featureFlags"], v["organizations"] = true, []string{}, connection()
	v["personalOrganization"] = organization("personal")
	return v, nil
}

func (a *API) region(code string) object {
	return object{"code": code, "name": code, "gatewayAvailable": true, "requiresPaidPlan": false, "latitude": 50.0, "longitude": 8.6}
}

func (a *API) platform(context.Context, arguments) (any, error) {
	var regions []object
	for _, code := range a.cloud.Regions {
		regions = append(regions, a.region(code))
	}
	return object{"requestRegion": a.cloud.Regions[0], "regions": regions, "vmSizes": []object{}}, nil
}

func (a *API) nearest(context.Context, arguments) (any, error) {
	return a.region(a.cloud.Regions[0]), nil
}
