package control

import (
	"net/http"
	"slices"

	"github.com/renewa/pipeline/flylocal/cloud"
	"github.com/renewa/pipeline/flylocal/problem"
)

// AssignIP gives an app an address. An app has at most one shared address.
func (c *Cloud) AssignIP(app, kind, region, service string) (cloud.IP, error) {
	ip, err := cloud.NewIP(kind, region, service)
	if err != nil {
		return cloud.IP{}, err
	}
	err = c.changeApp(app, func(a *cloud.App) error {
		if i := slices.IndexFunc(a.IPs, func(x cloud.IP) bool { return x.Shared && ip.Shared }); i >= 0 {
			ip = a.IPs[i]
			return nil
		}
		a.IPs = append(a.IPs, ip)
		return c.save(a)
	})
	return ip, err
}

// ReleaseIP takes an address from an app.
func (c *Cloud) ReleaseIP(app, address string) error {
	return c.changeApp(app, func(a *cloud.App) error {
		i := slices.IndexFunc(a.IPs, func(x cloud.IP) bool { return x.Address == address })
		if i < 0 {
			return problem.New(http.StatusNotFound, "ip assignment not found")
		}
		a.IPs = slices.Delete(a.IPs, i, i+1)
		return c.save(a)
	})
}
