package control

import (
	"context"
	"fmt"
	"net/http"
	"time"

	"github.com/renewa/pipeline/flylocal/cloud"
	"github.com/renewa/pipeline/flylocal/problem"
)

// requireStarted returns an error unless the machine is started.
func (c *Cloud) requireStarted(k cloud.Key) error {
	m, err := c.Machine(k)
	if err == nil && m.State != cloud.Started {
		err = problem.New(http.StatusPreconditionFailed, "failed_precondition: machine %s is %s, not started", k.Machine, m.State)
	}
	return err
}

// Signal sends a signal to the process of a started machine.
func (c *Cloud) Signal(ctx context.Context, k cloud.Key, nonce, signal string) error {
	m, err := c.Machine(k)
	if err != nil {
		return err
	}
	if err := m.CheckLease(nonce); err != nil {
		return err
	}
	if err := c.requireStarted(k); err != nil {
		return err
	}
	return c.Host.Signal(ctx, k, signal)
}

// Exec runs a command inside a started machine, for a minute at most unless timeout is given.
func (c *Cloud) Exec(ctx context.Context, k cloud.Key, cmd cloud.Command, timeout time.Duration) (cloud.Output, error) {
	if err := c.requireStarted(k); err != nil {
		return cloud.Output{}, err
	}
	if timeout <= 0 {
		timeout = time.Minute
	}
	ctx, cancel := context.WithTimeoutCause(ctx, timeout, fmt.Errorf("the command ran longer than %s", timeout))
	defer cancel()
	out, err := c.Host.Exec(ctx, k, cmd)
	if err != nil && ctx.Err() != nil {
		return out, problem.New(http.StatusRequestTimeout, "deadline_exceeded: %v", context.Cause(ctx))
	}
	return out, err
}

// Processes lists the processes inside a started machine.
func (c *Cloud) Processes(ctx context.Context, k cloud.Key) ([]cloud.Process, error) {
	if err := c.requireStarted(k); err != nil {
		return nil, err
	}
	return c.Host.Processes(ctx, k)
}
