# Two commands do all set-up: `make deploy` and `make test`. On a laptop they need docker and dagger only.
.POSIX:
.PHONY: help up deploy down clean env scanners unit test bench lint

help: ## list the commands
	@sed -n 's/^\([a-z]*\):.*## \(.*\)/  make \1\t\2/p' Makefile

up: ## bring up what is missing: docker and dagger (bare machines), flylocal, .env
	@scripts/up.sh

deploy: ## the main job: build, deploy to development, promote to staging and production, all on this machine
	@scripts/deploy.sh

down: ## stop what `make up` started; databases and images stay
	@scripts/down.sh

clean: ## stop it and remove its state
	@scripts/clean.sh

env: ## print the exports of a shell in which `dagger call` can be typed: eval "$$(make env)"
	@scripts/env.sh

scanners: ## on a bare machine: build the images of the scanners and a sample of the advisories
	@scripts/scanners.sh

unit: ## tests without an engine, in seconds
	@scripts/test.sh unit

test: ## all tests: unit, then acceptance on the engine
	@scripts/test.sh all

bench: ## what a deploy of 1, 10 and 100 machines costs, against the least it could
	@scripts/test.sh bench

lint: ## Go and shell linters
	@scripts/lint.sh
