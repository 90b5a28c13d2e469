// Package docker runs machines as containers beside this Fly, on a network of its own.
package docker

import (
	"context"
	"fmt"
	"log/slog"
	"os"
	"strconv"
	"sync"

	"github.com/containerd/errdefs"
	"github.com/docker/docker/api/types/container"
	"github.com/docker/docker/api/types/filters"
	"github.com/docker/docker/api/types/network"
	"github.com/docker/docker/client"

	"github.com/renewa/pipeline/flylocal/cloud"
	"github.com/renewa/pipeline/flylocal/control"
)

// Host is a container engine.
type Host struct {
	api  *client.Client
	port int
	name string // of the network, and prefix of every other name
	auth string // for pulling from this Fly's own registry
	v6   bool
	log  *slog.Logger

	mu    sync.Mutex
	addrs map[cloud.Key]string // IPv4 addresses of machines
}

var _ control.Host = (*Host)(nil)

// Open connects to the engine that DOCKER_HOST names, and creates the network unless it exists.
// Port names this Fly among others; token lets the engine pull from its registry.
func Open(ctx context.Context, port int, token string, log *slog.Logger) (*Host, error) {
	api, err := client.NewClientWithOpts(client.FromEnv, client.WithAPIVersionNegotiation())
	if err != nil {
		return nil, fmt.Errorf("open container engine: %w", err)
	}
	if _, err := api.Ping(ctx); err != nil {
		return nil, fmt.Errorf("reach the container engine: %w; mount its socket at /var/run/docker.sock or set DOCKER_HOST", err)
	}
	h := &Host{api: api, port: port, name: "flylocal-" + strconv.Itoa(port), log: log, addrs: map[cloud.Key]string{}}
	if h.auth, err = registryAuth(token); err != nil {
		return nil, err
	}
	if err := h.ensureNetwork(ctx); err != nil {
		return nil, err
	}
	return h, h.join(ctx)
}

// labels mark everything that belongs to this Fly, so that nothing else is removed with it.
func (h *Host) labels(more ...string) map[string]string {
	l := map[string]string{"flylocal": strconv.Itoa(h.port)}
	for i := 0; i+1 < len(more); i += 2 {
		l[more[i]] = more[i+1]
	}
	return l
}

func (h *Host) mine() filters.Args {
	return filters.NewArgs(filters.Arg("label", "flylocal="+strconv.Itoa(h.port)))
}

func (h *Host) container(k cloud.Key) string { return h.name + "-" + k.App + "-" + k.Machine }

// Found lists the machines' containers of an earlier flylocal.
func (h *Host) Found(ctx context.Context) ([]cloud.Found, error) {
	all, err := h.api.ContainerList(ctx, container.ListOptions{All: true, Filters: h.mine()})
	if err != nil {
		return nil, err
	}
	var found []cloud.Found
	for _, c := range all {
		id := c.Labels["flylocal.machine"]
		if id == "" { // the container of this Fly, or another one with the label
			continue
		}
		k := cloud.Key{App: c.Labels["flylocal.app"], Machine: id}
		found = append(found, cloud.Found{
			Key: k, Instance: c.Labels["flylocal.instance"],
			Running: c.State == container.StateRunning || c.State == container.StatePaused,
		})
	}
	return found, nil
}

// join connects the container of this Fly to the network, if it runs in a container.
func (h *Host) join(ctx context.Context) error {
	self, err := os.Hostname()
	if err != nil {
		return nil
	}
	me, err := h.api.ContainerInspect(ctx, self)
	if errdefs.IsNotFound(err) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("look at this container: %w", err)
	}
	if _, there := me.NetworkSettings.Networks[h.name]; there {
		return nil
	}
	if err := h.api.NetworkConnect(ctx, h.name, me.ID, &network.EndpointSettings{}); err != nil {
		return fmt.Errorf("join network %s: %w", h.name, err)
	}
	return nil
}
