package graph

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"slices"

	"github.com/renewa/pipeline/flylocal/cloud"
	"github.com/renewa/pipeline/flylocal/id"
	"github.com/renewa/pipeline/flylocal/token"
)

// find returns an app that the client may see, or change.
func (a *API) find(ctx context.Context, name string, change bool) (cloud.App, error) {
	app, err := a.cloud.App(name)
	t := token.From(ctx)
	if err != nil || !t.Sees(app.Org, app.Name) {
		return app, &graphError{Message: fmt.Sprintf("Could not find App %q", name), Extensions: map[string]string{"code": "NOT_FOUND"}}
	}
	if change && !t.Changes(app.Org, app.Name) {
		return app, unauthorized("this token may read app " + name + ", not change it")
	}
	return app, nil
}

func (a *API) app(ctx context.Context, args arguments) (any, error) {
	app, err := a.find(ctx, cmp.Or(args.text("name"), args.text("id")), false)
	if err != nil {
		return nil, err
	}
	return a.view(app), nil
}

func (a *API) apps(ctx context.Context, args arguments) (any, error) {
	var nodes []object
	for _, app := range a.cloud.Apps() {
		org := args.text("organizationId")
		if token.From(ctx).Sees(app.Org, app.Name) && (org == "" || org == id.Node(app.Org) || org == app.Org) {
			nodes = append(nodes, a.view(app))
		}
	}
	return connection(nodes...), nil
}

// view has every field of an app that deploy tools ask for.
func (a *API) view(app cloud.App) object {
	host := app.Name + ".localhost"
	var secrets []object
	for _, name := range app.Secrets.Names() {
		s := app.Secrets.Values[name]
		secrets = append(secrets, object{"id": name, "name": name, "digest": s.Digest(), "createdAt": s.Created})
	}
	return object{
		"id": app.ID, "name": app.Name, "internalNumericId": id.Number(app.Name), "hostname": host, "appUrl": "http://" + host,
		"deployed": app.Deployed, "status": app.Status(), "version": len(app.Releases), "platformVersion": "machines", "network": app.Network,
		"networkId": id.Number(app.Network), "cnameTarget": host, "createdAt": app.Created, "secrets": secrets, "role": object{"name": app.Role},
		"organization": organization(app.Org), "config": object{"definition": definition(app)}, "services": []object{},
		"ipAddresses": connection(addresses(app)...), "sharedIpAddress": shared(app), "egressIpAddresses": connection(),
		"machines": connection(machines(app)...), "regions": a.regionsOf(app), "backupRegions": []object{},
		"image": field(func(ctx context.Context, args arguments) (any, error) { return a.image(ctx, args.text("ref")) }),
		"releases": field(func(_ context.Context, args arguments) (any, error) {
			return releases(app, args.number("first", 25)), nil
		}),
		"releasesUnprocessed": field(func(_ context.Context, args arguments) (any, error) {
			return releases(app, args.number("first", 25)), nil
		}),
		"currentRelease":            current(app),
		"currentReleaseUnprocessed": current(app),
		"limitedAccessTokens":       connection(),
		"certificates":              connection(),
		"postgresAppRole":           object{"name": app.Role},
		"imageDetails":              imageDetails(app),
		"addOns":                    connection(),
		"currentLock":               nil,
		"hasDeploymentSourceGithub": false,
	}
}

// image resolves a reference. Clients decode the size from text. Without an image the answer is null, not an error.
// The machines that flyctl creates run the ref: a digest of the request stays in it.
func (a *API) image(ctx context.Context, ref string) (any, error) {
	img, err := a.cloud.Find(ctx, ref)
	if err != nil {
		return nil, nil
	}
	return object{
		"id": id.Node(img.String()), "digest": img.Digest, "ref": runnable(img),
		"compressedSize": fmt.Sprint(img.Size), "compressedSizeFull": fmt.Sprint(img.Size), "manifest": json.RawMessage(cmp.Or(img.Manifest, "null")),
	}, nil
}

func runnable(img cloud.Image) string {
	if img.Tag == "" {
		return img.Registry + "/" + img.Repository + "@" + img.Digest
	}
	return img.Registry + "/" + img.Repository + ":" + img.Tag
}

func addresses(app cloud.App) (all []object) {
	for _, ip := range app.IPs {
		if ip.Type == "shared_v4" {
			continue
		}
		all = append(all, object{
			"id": ip.Address, "address": ip.Address, "type": ip.Type, "region": ip.Region, "createdAt": ip.Created,
			"serviceName": ip.Service, "network": object{"name": app.Network, "organization": organization(app.Org)},
		})
	}
	return all
}

func shared(app cloud.App) any {
	for _, ip := range app.IPs {
		if ip.Shared {
			return ip.Address
		}
	}
	return nil
}

func machines(app cloud.App) (all []object) {
	for _, m := range app.Active() {
		all = append(all, object{
			"id": m.ID, "name": m.Name, "state": m.State, "region": m.Region, "instanceId": m.Instance, "config": m.Config,
			"createdAt": m.Created, "updatedAt": m.Updated, "app": object{"name": app.Name}, "egressIpAddresses": connection(),
			"ips": connection(object{"family": "v6", "kind": "privatenet", "ip": m.Address, "maskSize": 112}), "host": object{"id": "local"},
		})
	}
	return all
}

// regionsOf returns the regions in which an app has machines.
func (a *API) regionsOf(app cloud.App) []object {
	codes := map[string]bool{}
	for _, m := range app.Active() {
		codes[m.Region] = true
	}
	all := []object{}
	for _, code := range slices.Sorted(maps.Keys(codes)) {
		all = append(all, a.region(code))
	}
	return all
}

func imageDetails(app cloud.App) any {
	for _, m := range app.Active() {
		return object{"registry": m.Image.Registry, "repository": m.Image.Repository, "tag": m.Image.Tag, "digest": m.Image.Digest, "version": m.Image.Labels["fly.version"]}
	}
	return nil
}
