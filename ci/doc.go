// Package ci holds the decisions of the pipeline, in plain Go that needs no engine. The functions in .dagger read
// inputs, call one decision and run containers.
//
//	config     what the repository states: pipeline.toml, fly.*.toml, secrets
//	release    images, the registry, deploys, history, promotion, status, setup, databases
//	verify     what a change must pass: checks, the gate, trials of the image, compatibility, migrations
//	scan       scanners, their findings, rules
//	fly        the only client of Fly's APIs
//	acceptance tests of the real commands on a real engine
//
// config imports none of the others; release, verify and scan import config. flylocal, at the top level, imports
// nothing of ci. A test holds these rules.
//
// From `dagger call deploy` to Fly: .dagger/deploy.go → deploy.Make → deploy.Apply → fly.Client.
// From `dagger call ci` to its table: .dagger/ci.go → .dagger/step.go → check.Read → gate.Answer.
package ci
