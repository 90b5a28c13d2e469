package cloud

import (
	"cmp"
	"crypto/rand"
	"fmt"
	"net/http"
	"slices"
	"time"

	"github.com/renewa/pipeline/flylocal/problem"
)

// IP is an address of an app. An app without one has no URL.
type IP struct {
	Address string    `json:"ip"`
	Region  string    `json:"region"`
	Service string    `json:"service_name"`
	Shared  bool      `json:"shared"`
	Created time.Time `json:"created_at"`
	Type    string    `json:"type"`
}

// NewIP returns an address of a kind. It is from ranges reserved for examples: no network routes it.
func NewIP(kind, region, service string) (IP, error) {
	b := make([]byte, 8)
	rand.Read(b)
	ip := IP{Type: kind, Region: cmp.Or(region, "global"), Service: service, Created: time.Now().UTC()}
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
		return IP{}, problem.New(http.StatusUnprocessableEntity, "unknown address type %q: use v4, shared_v4, v6 or private_v6", kind)
	}
	return ip, nil
}

// Public reports whether requests from outside reach the app: it has an address that is not private.
func (a App) Public() bool {
	return slices.ContainsFunc(a.IPs, func(ip IP) bool { return ip.Type != "private_v6" })
}
