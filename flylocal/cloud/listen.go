package cloud

import (
	"context"
	"fmt"
	"net"
	"strconv"
	"time"
)

// listen warns about services that others cannot reach: Fly's private network is IPv6,
// so a service that listens on IPv4 only works through the proxy and not by its .internal name.
func (k *keeper) listen(ctx context.Context, m Machine) {
	said := map[string]bool{}
	for _, pause := range []time.Duration{2 * time.Second, 8 * time.Second} {
		select {
		case <-ctx.Done():
			return
		case <-time.After(pause):
		}
		found, err := k.c.Host.Processes(ctx, k.key)
		if err != nil {
			continue
		}
		for _, s := range m.View().Services {
			if text := deaf(found, s.Port); text != "" && !said[text] {
				said[text] = true
				k.tell("warning: "+text, true)
				k.record(func(_ *App, m *Machine) { m.note("warning", m.State, "flylocal", &Request{Message: text}) })
			}
		}
	}
}

// deaf says what is wrong with how a port is listened on; an empty text says nothing is,
// or nothing listens yet, which health checks tell better.
func deaf(all []Process, port int) string {
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
