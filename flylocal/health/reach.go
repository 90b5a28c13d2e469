package health

import (
	"fmt"
	"net"
	"strconv"

	"github.com/renewa/pipeline/flylocal/cloud"
)

// Reach returns why other machines cannot reach a port, or an empty text. Fly's private network is IPv6: a service
// that listens on IPv4 only works through the proxy and not by its .internal name. A port on which nothing listens
// is left to the health checks.
func Reach(all []cloud.Process, port int) string {
	var v4, v6, local bool
	for _, p := range all {
		for _, s := range p.Listens {
			host, number, err := net.SplitHostPort(s.Address)
			if err != nil || number != strconv.Itoa(port) {
				continue
			}
			ip := net.ParseIP(host)
			switch {
			case ip == nil || ip.IsLoopback():
				local = true
			case ip.To4() != nil:
				v4 = true
			default:
				v6 = true
			}
		}
	}
	switch {
	case v4 && !v6:
		return fmt.Sprintf("port %d is listened on over IPv4 only: on Fly its .internal name is IPv6, listen on [::]:%d", port, port)
	case local && !v6:
		return fmt.Sprintf("port %d is listened on by localhost only: nobody reaches it, listen on [::]:%d", port, port)
	}
	return ""
}
