package cloud

import (
	"crypto/rand"
	"fmt"
	"slices"
	"time"
)

// IP is an address by which an app is reached. Without one it has no URL.
type IP struct {
	Address string    `json:"ip"`
	Region  string    `json:"region"`
	Service string    `json:"service_name"`
	Shared  bool      `json:"shared"`
	Created time.Time `json:"created_at"`
	Type    string    `json:"type"`
}

// AssignIP gives an app an address. The numbers are from ranges kept for examples: nothing routes them.
func (c *Cloud) AssignIP(app, kind, region, service string) (IP, error) {
	b := make([]byte, 8)
	rand.Read(b)
	ip := IP{Type: kind, Region: region, Service: service, Created: time.Now().UTC()}
	if ip.Region == "" {
		ip.Region = "global"
	}
	switch kind {
	case "v4":
		ip.Address = fmt.Sprintf("198.51.100.%d", b[0])
	case "shared_v4":
		ip.Address, ip.Shared = fmt.Sprintf("203.0.113.%d", b[0]), true
	case "", "v6":
		ip.Type, ip.Address = "v6", fmt.Sprintf("2001:db8:1::%x:%x", b[:2], b[2:4])
	case "private_v6":
		ip.Address = fmt.Sprintf("fdaa:0:ffff:0:1::%x", b[:2])
	default:
		return IP{}, problem(422, "unknown address type %q: use v4, shared_v4, v6 or private_v6", kind)
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	a := c.apps[app]
	if a == nil {
		return IP{}, noApp()
	}
	if i := slices.IndexFunc(a.IPs, func(x IP) bool { return x.Type == "shared_v4" && kind == "shared_v4" }); i >= 0 {
		return a.IPs[i], nil // an app shares one address at most
	}
	a.IPs = append(a.IPs, ip)
	return ip, c.save(a)
}

// ReleaseIP takes an address back.
func (c *Cloud) ReleaseIP(app, address string) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	a := c.apps[app]
	if a == nil {
		return noApp()
	}
	i := slices.IndexFunc(a.IPs, func(x IP) bool { return x.Address == address })
	if i < 0 {
		return problem(404, "ip assignment not found")
	}
	a.IPs = slices.Delete(a.IPs, i, i+1)
	return c.save(a)
}
