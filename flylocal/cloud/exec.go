package cloud

import (
	"context"
	"fmt"
	"time"
)

// Signal sends a signal to the process.
func (c *Cloud) Signal(ctx context.Context, k Key, nonce, signal string) error {
	m, err := c.Machine(k)
	if err != nil {
		return err
	}
	if err := m.held(nonce); err != nil {
		return err
	}
	if m.State != Started {
		return problem(412, "failed_precondition: machine %s is %s, not started", k.Machine, m.State)
	}
	return c.Host.Signal(ctx, k, signal)
}

// Exec runs a command inside a started machine.
func (c *Cloud) Exec(ctx context.Context, k Key, cmd Command, timeout time.Duration) (Output, error) {
	m, err := c.Machine(k)
	if err != nil {
		return Output{}, err
	}
	if m.State != Started {
		return Output{}, problem(412, "failed_precondition: machine %s is %s, not started", k.Machine, m.State)
	}
	if timeout <= 0 {
		timeout = time.Minute
	}
	ctx, cancel := context.WithTimeoutCause(ctx, timeout, fmt.Errorf("the command ran longer than %s", timeout))
	defer cancel()
	out, err := c.Host.Exec(ctx, k, cmd)
	if err != nil && ctx.Err() != nil {
		return out, problem(408, "deadline_exceeded: %v", context.Cause(ctx))
	}
	return out, err
}

// Processes lists what runs inside a started machine.
func (c *Cloud) Processes(ctx context.Context, k Key) ([]Process, error) {
	m, err := c.Machine(k)
	if err != nil {
		return nil, err
	}
	if m.State != Started {
		return nil, problem(412, "failed_precondition: machine %s is %s, not started", k.Machine, m.State)
	}
	return c.Host.Processes(ctx, k)
}
