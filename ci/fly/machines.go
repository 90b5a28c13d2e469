package fly

import (
	"cmp"
	"context"
	"crypto/rand"
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"strings"

	"github.com/superfly/fly-go"
	"github.com/superfly/fly-go/flaps"
)

// launchMetadata has the key of the launch that made a machine, so that a launch whose answer was lost finds its
// machine again instead of making a second one.
const launchMetadata = "pipeline_launch"

// Machines returns an app's machines, without the destroyed ones.
func (c *Client) Machines(ctx context.Context, app string) ([]*fly.Machine, error) {
	var raw []json.RawMessage
	if err := c.machines(ctx, http.MethodGet, machinesPath(app), nil, &raw, nil); err != nil {
		return nil, err
	}
	list := make([]*fly.Machine, 0, len(raw))
	for _, r := range raw {
		m, err := c.seen.machine(r)
		if err != nil {
			return nil, fmt.Errorf("a machine of %s cannot be read: %w", app, err)
		}
		if m.IsActive() {
			list = append(list, m)
		}
	}
	return list, nil
}

// Machine returns one machine, also one that was destroyed recently.
func (c *Client) Machine(ctx context.Context, app, id string) (*fly.Machine, error) {
	var raw json.RawMessage
	if err := c.machines(ctx, http.MethodGet, machinesPath(app, id), nil, &raw, nil); err != nil {
		return nil, err
	}
	return c.seen.machine(raw)
}

// Launch makes one machine and returns it. When the answer is lost, Launch looks for the machine that it made before it
// sends the request again. The name prevents a second machine too, because Fly accepts a name only once.
func (c *Client) Launch(ctx context.Context, app string, in fly.LaunchMachineInput) (*fly.Machine, error) {
	key := rand.Text()
	config := *in.Config
	config.Metadata = maps.Clone(in.Config.Metadata)
	if config.Metadata == nil {
		config.Metadata = map[string]string{}
	}
	config.Metadata[launchMetadata] = key
	in.Config = &config
	in.Name = cmp.Or(in.Name, "p"+strings.ToLower(key[:15]))
	var m *fly.Machine
	err := c.make(ctx, func(ctx context.Context) error {
		c.launches.wait(ctx, app)
		var raw json.RawMessage
		err := c.machines(ctx, http.MethodPost, machinesPath(app), in, &raw, nil)
		if err == nil {
			m, err = c.seen.machine(raw)
		}
		return err
	}, func(ctx context.Context) (bool, error) {
		var err error
		m, err = c.findLaunch(ctx, app, key)
		return m != nil, err
	})
	if err != nil {
		return nil, err
	}
	return m, nil
}

func (c *Client) findLaunch(ctx context.Context, app, key string) (*fly.Machine, error) {
	all, err := c.Machines(ctx, app)
	for _, m := range all {
		if m.GetMetadataByKey(launchMetadata) == key {
			return m, nil
		}
	}
	return nil, err
}

// Update gives a machine a new configuration. Fields that Fly returned and fly-go does not know are carried over.
func (c *Client) Update(ctx context.Context, app string, in fly.LaunchMachineInput, nonce string) (*fly.Machine, error) {
	config, err := c.seen.carry(in.ID, in.Config)
	if err != nil {
		return nil, err
	}
	body := struct {
		fly.LaunchMachineInput
		Config json.RawMessage `json:"config"`
	}{in, config}
	var raw json.RawMessage
	if err := c.machines(ctx, http.MethodPost, machinesPath(app, in.ID), body, &raw, withNonce(nonce)); err != nil {
		return nil, err
	}
	return c.seen.machine(raw)
}

// Start starts a stopped machine.
func (c *Client) Start(ctx context.Context, app, id, nonce string) error {
	return c.machines(ctx, http.MethodPost, machinesPath(app, id)+"/start", nil, nil, withNonce(nonce))
}

// Stop ends a machine's process by the stop_config of its configuration, with time for open requests.
func (c *Client) Stop(ctx context.Context, app, id, nonce string) error {
	return c.machines(ctx, http.MethodPost, machinesPath(app, id)+"/stop", struct{}{}, nil, withNonce(nonce))
}

// Cordon takes a machine out of the rotation: it gets no new requests and completes those that it has.
func (c *Client) Cordon(ctx context.Context, app, id, nonce string) error {
	return c.machines(ctx, http.MethodPost, machinesPath(app, id)+"/cordon", nil, nil, withNonce(nonce))
}

// Uncordon puts a machine into the rotation, also one that was launched out of it.
func (c *Client) Uncordon(ctx context.Context, app, id, nonce string) error {
	return c.machines(ctx, http.MethodPost, machinesPath(app, id)+"/uncordon", nil, nil, withNonce(nonce))
}

// Retire marks a machine as one that a bluegreen deploy has replaced, with flyctl's mark.
func (c *Client) Retire(ctx context.Context, app, id, nonce string) error {
	in := map[string]string{"value": "safe_to_destroy"}
	return c.machines(ctx, http.MethodPost, machinesPath(app, id)+"/metadata/fly_bluegreen_deployment_tag", in, nil, withNonce(nonce))
}

// Destroy removes a machine, running or not. A machine that does not exist is no error.
func (c *Client) Destroy(ctx context.Context, app, id, nonce string) error {
	err := c.machines(ctx, http.MethodDelete, machinesPath(app, id)+"?kill=true", nil, nil, withNonce(nonce))
	if NotFound(err) {
		return nil
	}
	return err
}

// Exec runs a command in a machine, for at most 30 s, and returns its output and exit code.
func (c *Client) Exec(ctx context.Context, app, id, command, stdin string) (*fly.MachineExecResponse, error) {
	in := fly.MachineExecRequest{Cmd: command, Stdin: stdin, Timeout: 30}
	out := new(fly.MachineExecResponse)
	return out, c.machines(ctx, http.MethodPost, machinesPath(app, id)+"/exec", in, out, nil)
}

func machinesPath(app string, id ...string) string {
	p := "/apps/" + app + "/machines"
	for _, i := range id {
		p += "/" + i
	}
	return p
}

func withNonce(nonce string) map[string][]string {
	if nonce == "" {
		return nil
	}
	return map[string][]string{flaps.NonceHeader: {nonce}}
}

// SetMetadata writes one key of a machine's metadata, without restarting it.
func (c *Client) SetMetadata(ctx context.Context, app, id, key, value string) error {
	in := map[string]string{"value": value}
	return c.machines(ctx, http.MethodPost, machinesPath(app, id)+"/metadata/"+key, in, nil, nil)
}
