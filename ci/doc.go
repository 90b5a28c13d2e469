// Package ci has the decisions of the pipeline, in plain Go that needs no engine. The functions in .dagger read inputs,
// call one decision and run containers.
//
//	config     what the repository states: pipeline.toml, fly.*.toml, secrets
//	repository every table of pipeline.toml with the package that uses it; loads all that a repository states
//	release    the commands on environments (delivery); images, the registry, deploys, history, promotion, status, setup,
//	           databases
//	verify     the steps that a change must pass: verdicts, trials of the image, compatibility, migrations
//	scan       scanners, their findings and reports, rules
//	workflow   the gate over the jobs of a workflow of GitHub Actions
//	fly        the only client of Fly's APIs
//	output     the text of errors and the lines of progress
//	acceptance tests of the real commands on a real engine
//
// config imports none of the others; release, verify, scan and workflow import config; verify imports release/image and
// output, scan imports verify/step; repository imports config, verify, scan and workflow; fly imports config/secret and
// release. flylocal, at the top level, imports nothing of ci. A test holds these rules.
//
// From `dagger call deploy` to Fly: .dagger/deploy.go → .dagger/release → delivery.Deployer → deploy.Make → deploy.Apply → fly.Client.
// From `dagger call ci` to its table: .dagger/check.go → .dagger/step → step.SideBySide → step.Read → step.Table.
package ci
