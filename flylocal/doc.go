// Package flylocal is a Fly on this machine: one http.Handler that answers what deploy tools ask of Fly.io.
//
//	          ┌───────────────── flylocal, one port ─────────────────┐
//	fly-go ──▶│ /v1/…        flaps     apps, machines, leases, …      │
//	flyctl ──▶│ /graphql     graph     what flyctl still asks there   │──▶ control ──▶ keeper ──▶ Host
//	       ──▶│ /api/v1/…    uiex      releases, logs                 │      │         one for    docker: containers
//	docker ──▶│ /v2/…        registry  images, on disk                │      │         each       scripted: in memory
//	browser ─▶│ app.localhost proxy    requests to the apps           │      ▼         machine
//	       ──▶│ /            page      what runs, in a browser        │    store: one JSON document for each app
//	          └───────────────────────────────────────────────────────┘
//
// Package cloud has the records that these share: apps, machines, volumes, secrets, releases. control changes them and
// saves each change before it is acknowledged. A keeper makes one machine follow its record; health does its checks.
//
// New without options is a Fly for tests: nothing stays on disk, no container runs. The program in
// flylocal/cmd/flylocal is the same handler over Docker. README.md has how to start it, how to use it in tests, faults
// on demand, and what it does not do.
//
// Flylocal is for one person on one machine: publish it on 127.0.0.1 only. Every API takes a token that no other
// service accepts, and refuses tokens of the real Fly; the page and the apps' URLs take none. Secrets lie in files that
// only their owner reads, and in the environment of containers, where the owner of the container engine sees them.
//
// A machine runs by its config: command, environment, files, volumes, checks, restarts, stop signal and timeout, memory.
// With autostop it rests after five minutes without a request to its app's URL, and a request starts it again. Names on
// the private network (app.internal, group.process.app.internal, id.vm.app.internal) answer AAAA as on Fly, and the
// container engine's A besides. A service that listens on IPv4 alone works here and not on Fly: log and events of the
// machine have a warning.
//
// A flylocal that was killed, at any moment, finds its machines again by their labels, starts those that should run and
// removes containers that belong to no machine.
//
// A request that flylocal does not know is answered with 501, its method and its path: a client could take 404 for "no
// such app".
package flylocal
