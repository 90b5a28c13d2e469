// Package flylocal is a Fly that runs on this machine: one http.Handler that answers what deploy tools ask of Fly.io.
//
//	          ┌──────────────── flylocal, one port ────────────────┐
//	fly-go ──▶│ /v1/…       flaps     apps, machines, leases, …    │
//	flyctl ──▶│ /graphql    graph     what flyctl still asks there │──▶ cloud ──▶ Host
//	       ──▶│ /api/v1/…   uiex      releases, logs               │     │        docker: containers beside this one
//	docker ──▶│ /v2/…       registry  images, on disk              │     │        scripted: tests in milliseconds
//	browser ─▶│ app.localhost proxy   the apps themselves          │     ▼
//	       ──▶│ /           page      what is going on             │   store: one JSON document for each app
//	          └────────────────────────────────────────────────────┘
//
// New without options is a Fly for tests: nothing on disk that stays, no containers.
// The program in ci/cmd/flylocal is the same handler over Docker.
//
// It is for one person on one machine: publish it on 127.0.0.1 only. Every API takes a token that no other
// service would accept, and refuses tokens of the real Fly; the page and the apps' own URLs take none.
// Secrets lie in files that only their owner reads, and in the environment of containers, where the owner of the
// container engine sees them.
//
// What it does not do: place machines in regions, stop idle ones, run several containers in one machine or machines
// on a schedule, terminate TLS, limit processors, take snapshots of volumes.
//
// flylocal is loud about what it does not know: 501 with method and path, never a 404 that a client
// could read as "no such app". It imports nothing of the pipeline, and is tested with the real fly-go.
package flylocal
