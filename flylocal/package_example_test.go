package flylocal_test

import (
	"context"
	"fmt"
	"time"

	fly "github.com/superfly/fly-go"
	"github.com/superfly/fly-go/flaps"
	"github.com/superfly/fly-go/tokens"

	"github.com/renewa/pipeline/flylocal"
	"github.com/renewa/pipeline/flylocal/cloud"
	"github.com/renewa/pipeline/flylocal/scripted"
)

// A test of a deploy tool with Fly's own client: the release command of the app fails.
func Example() {
	ctx := context.Background()
	local, err := flylocal.New(flylocal.WithScript(func(s cloud.Spec) scripted.Act {
		if s.Env["RELEASE_COMMAND"] != "" {
			return scripted.Act{Ends: true, Code: 3, Output: []string{"relation already exists"}}
		}
		return scripted.Act{} // runs, and answers 200
	}))
	if err != nil {
		panic(err)
	}
	defer local.Close()
	client, err := flaps.NewWithOptions(ctx, flaps.NewClientOpts{Tokens: tokens.Parse(local.OrgToken()), Transport: local.Transport()})
	if err != nil {
		panic(err)
	}
	if _, err := client.CreateApp(ctx, flaps.CreateAppRequest{Name: "web", Org: "personal"}); err != nil {
		panic(err)
	}

	m, err := client.Launch(ctx, "web", fly.LaunchMachineInput{Config: &fly.MachineConfig{
		Image: "postgres:17", Env: map[string]string{"RELEASE_COMMAND": "1"}, AutoDestroy: true,
		Restart: &fly.MachineRestart{Policy: fly.MachineRestartPolicyNo},
	}})
	if err != nil {
		panic(err)
	}
	if err := client.Wait(ctx, "web", m, "destroyed", time.Minute); err != nil {
		panic(err)
	}
	gone, err := client.Get(ctx, "web", m.ID)
	if err != nil {
		panic(err)
	}
	fmt.Println("exit code", gone.GetLatestEventOfType("exit").Request.ExitEvent.ExitCode)
	for _, s := range local.Scripted().Started() {
		fmt.Println("started", s.App, s.Image.Ref)
	}
	// Output:
	// exit code 3
	// started web postgres:17
}
