package fault_test

import (
	"context"
	"fmt"

	fly "github.com/superfly/fly-go"
	"github.com/superfly/fly-go/flaps"
	"github.com/superfly/fly-go/tokens"

	"github.com/renewa/pipeline/flylocal"
	"github.com/renewa/pipeline/flylocal/fault"
)

// The second machine finds no memory, and the third one does.
func ExampleFaults_Add() {
	ctx := context.Background()
	local, err := flylocal.New()
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

	if err := local.Faults().Add(fault.Fault{Method: "POST", Path: "/v1/apps/web/machines", Nth: 2, Kind: "no-memory"}); err != nil {
		panic(err)
	}
	for range 3 {
		_, err := client.Launch(ctx, "web", fly.LaunchMachineInput{Config: &fly.MachineConfig{Image: "postgres:17"}})
		fmt.Println(err)
	}
	// Output:
	// <nil>
	// failed to launch VM: aborted: could not reserve resource for machine: insufficient memory available to fulfill request
	// <nil>
}
