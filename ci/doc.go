// Package ci is the plan of the rooms. Every decision of the pipeline is made in one of them, in plain Go
// that needs no engine; the doors in .dagger read inputs, call one decision and run containers.
//
// Values, at the bottom:
//
//	image      names an image that cannot change
//	secret     holds values that no printer opens
//	spelling   guesses what was meant by a word that is not known
//	tomlfile   reads TOML with the line of every problem
//	finding    is what scanners found, as one list with one verdict
//	fleet      knows which apps exist and in which order a release visits them
//	flytoml    turns a fly.toml into machine configs
//	history    knows which releases of an app ran well
//
// Decisions, which declare what they ask of Fly as small interfaces:
//
//	deploy     brings one image to one app: plan first, then apply
//	promotion  carries an image from the stage that runs it to the next
//	database   makes the Postgres of a stage on a Fly that runs on this machine
//	setup      finds out what a stage lacks before its first deploy, and makes it
//	trial      knows how an app's image runs in a test, as its stage runs it
//	check      reads what one check left behind as a verdict
//	compatibility  says whether a new image can be rolled back
//	bundle     is what it takes to reproduce a step on another machine
//	scanner    runs scanners and reads their reports as findings
//	rules      is what Semgrep looks for in every app
//	sarif      writes a scan's report as SARIF
//	migration  says what a trial of the migrations found; ci/cmd/migrations makes it
//	gate       makes of many steps' results one answer with reasons
//	status     says what every stage runs
//
// The world, at the edge:
//
//	fly        talks to Fly.io, or to a Fly that runs on this machine
//	advisory   finds the vulnerability database that Trivy reads
//	registry   reads and carries images in Fly's registry
//
// Beside them:
//
//	flylocal   is a Fly that runs on this machine; it imports nothing of the others
//	golden     compares what a test got with a file of its testdata
//	acceptance has only tests: the real commands on a real engine
//
// From `dagger call deploy` to Fly: .dagger/deploy.go → deploy.Make → deploy.Apply → fly.Client.
// From `dagger call ci` to its table: .dagger/ci.go → .dagger/step.go → check.Read → gate.Answer.
package ci
