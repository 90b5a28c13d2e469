# Two commands do all set-up: `make deploy` and `make test`. On a laptop they need docker and dagger only.
.POSIX:
.PHONY: help up deploy down clean env scanners unit test long bench lint

help: ## list the commands
	@sed -n 's/\$$\$$/$$/g; s/^\([a-z]*\):.*## \(.*\)/  make \1\t\2/p' Makefile

up: ## bring up what is missing: docker and dagger (bare machines), flylocal, .env
	@scripts/up.sh

deploy: ## the main job: build, deploy to development, promote to staging and production, all on this machine (1 minute; 15 on a bare machine)
	@scripts/deploy.sh

down: ## stop what `make up` started; databases and images stay
	@scripts/down.sh

clean: ## stop it and remove its state: databases, images, token, secrets
	@scripts/clean.sh

env: ## print the exports of a shell in which `dagger call` can be typed: eval "$$(make env)"
	@scripts/env.sh

scanners: ## on a bare machine: build the images of the scanners and a sample of the advisories
	@scripts/scanners.sh

unit: ## the tests that need no engine, in small sizes (a minute; packages that did not change are cached)
	@scripts/test.sh unit

test: ## all suites side by side, unit to acceptance on the engine, with a table at the end (half an hour)
	@scripts/test.sh all

long: ## the same tests in long sizes: soaks, thousands of requests, large images (hours)
	@scripts/test.sh long

bench: ## measure: a deploy of 1, 10 and 100 machines, and calls on the engine
	@scripts/test.sh bench

lint: ## golangci-lint, functions that nothing uses, shellcheck if it is installed
	@scripts/lint.sh
