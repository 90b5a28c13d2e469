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
// The program in flylocal/cmd/flylocal is the same handler over Docker.
//
// It is for one person on one machine: publish it on 127.0.0.1 only. Every API takes a token that no other
// service would accept, and refuses tokens of the real Fly; the page and the apps' own URLs take none.
// Secrets lie in files that only their owner reads, and in the environment of containers, where the owner of the
// container engine sees them.
//
// A machine runs as its config says: command, environment, files, volumes, checks, restarts, how it is stopped,
// how much memory it has; where autostop is on it rests when nobody asked its app's URL for five minutes, and a
// request starts it again. Names on the private network (app.internal, group.process.app.internal,
// id.vm.app.internal) answer AAAA as on Fly, and the A of the container engine besides. A service that listens on
// IPv4 only works here and not there: the machine's log and events warn of it.
//
// Whatever was acknowledged is on disk before. A flylocal that was killed, at any moment, finds its machines again
// by their labels, starts those that should run and removes those nobody knows.
//
// To test a client of your own against failures, see package fault; to say what machines do, package scripted.
//
// What it does not do: place machines in regions, run several containers in one machine or machines on a schedule,
// terminate TLS, limit processors, take snapshots of volumes. app.flycast leads straight to the machines and not
// through the proxy, so it does not wake one that rests. How many requests a machine can take (concurrency) is not
// looked at: requests are spread by chance.
//
// flylocal is loud about what it does not know: 501 with method and path, never a 404 that a client
// could read as "no such app". It imports nothing of the pipeline, and is tested with the real fly-go.
package flylocal
