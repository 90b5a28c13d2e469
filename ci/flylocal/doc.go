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
// flylocal is loud about what it does not know: 501 with method and path, never a 404 that a client
// could read as "no such app". It imports nothing of the pipeline, and is tested with the real fly-go.
package flylocal
