package docker

import (
	"context"
	"crypto/sha256"
	"fmt"
	"net"
	"net/netip"
	"strconv"

	"github.com/containerd/errdefs"
	"github.com/docker/docker/api/types/network"

	"github.com/renewa/pipeline/flylocal/cloud"
)

// ensureNetwork creates the private network unless it exists: IPv6 as on Fly, and IPv4.
func (h *Host) ensureNetwork(ctx context.Context) error {
	n, err := h.api.NetworkInspect(ctx, h.name, network.InspectOptions{})
	if err == nil {
		h.v6 = n.EnableIPv6
		return nil
	}
	if !errdefs.IsNotFound(err) {
		return fmt.Errorf("look for network %s: %w", h.name, err)
	}
	yes, no := true, false
	_, err = h.api.NetworkCreate(ctx, h.name, network.CreateOptions{
		Driver: "bridge", EnableIPv6: &yes, Labels: h.labels(),
		IPAM: &network.IPAM{Config: []network.IPAMConfig{{Subnet: h.subnet().String()}}},
	})
	if err == nil {
		h.v6 = true
		return nil
	}
	h.log.Warn("no IPv6 on this engine: .internal names answer IPv4 only", "error", err)
	if _, err = h.api.NetworkCreate(ctx, h.name, network.CreateOptions{Driver: "bridge", EnableIPv6: &no, Labels: h.labels()}); err != nil {
		return fmt.Errorf("create network %s: %w", h.name, err)
	}
	return nil
}

// subnet returns a /64 of its own for each port, so that several flylocals can run.
func (h *Host) subnet() netip.Prefix {
	return netip.PrefixFrom(netip.AddrFrom16([16]byte{0xfd, 0xaa, 0, 0, 0xf1, 0x0c, byte(h.port >> 8), byte(h.port)}), 64)
}

// Address returns a machine's private IPv6 address. As on Fly, it stays when the process is replaced.
func (h *Host) Address(k cloud.Key) string {
	sum := sha256.Sum256([]byte(k.App + "/" + k.Machine))
	b := h.subnet().Addr().As16()
	copy(b[8:], sum[:8])
	b[8] |= 0x80 // apart from the low addresses, which the engine assigns itself
	return netip.AddrFrom16(b).String()
}

// Dial connects over IPv4, as Fly's proxy does; an app that listens on [::] answers there too.
func (h *Host) Dial(ctx context.Context, k cloud.Key, port int) (net.Conn, error) {
	addr, err := h.address(ctx, k)
	if err != nil {
		return nil, err
	}
	var d net.Dialer
	return d.DialContext(ctx, "tcp", net.JoinHostPort(addr, strconv.Itoa(port)))
}

func (h *Host) address(ctx context.Context, k cloud.Key) (string, error) {
	h.mu.Lock()
	addr := h.addrs[k]
	h.mu.Unlock()
	if addr != "" {
		return addr, nil
	}
	c, err := h.api.ContainerInspect(ctx, h.container(k))
	if err != nil {
		return "", err
	}
	if n := c.NetworkSettings.Networks[h.name]; n != nil && n.IPAddress != "" {
		h.remember(k, n.IPAddress)
		return n.IPAddress, nil
	}
	return "", fmt.Errorf("machine %s has no address on network %s", k.Machine, h.name)
}

func (h *Host) remember(k cloud.Key, addr string) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if addr == "" {
		delete(h.addrs, k)
		return
	}
	h.addrs[k] = addr
}
