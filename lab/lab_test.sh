#!/usr/bin/env bash
# The tests of the lab, on a machine where it is up:  lab/lab_test.sh
# They use a copy of the cache, a network and processes of their own: whoever uses the lab meanwhile is not disturbed.
# The verdicts have the form of `go test -v`.
. "$(dirname "$0")/lib/lab.sh"
# shellcheck source=lab/lib/docker.sh
. "$lab/lib/docker.sh"

bystander=pipeline-lab-bystander

too_little_space_is_refused_in_one_line_before_anything_starts() {
	local output
	if output=$(LAB_MIN_FREE_KB=999999999999 "$lab/up.sh" 2>&1); then return 1; fi
	[[ $output == *"space on the disk"* && $(wc -l <<<"$output") == 1 ]]
	if pidof dockerd; then return 1; fi
}

what_is_missing_is_listed_in_one_line() {
	local output
	"$lab/can.sh"
	if output=$(PATH=/usr/bin:/bin LAB_MIN_FREE_KB=999999999999 "$lab/can.sh"); then return 1; fi
	[[ $output == "the lab cannot run here; missing: "*Go*space* && $(wc -l <<<"$output") == 1 ]]
}

a_key_changes_with_what_it_stands_for_and_only_then() {
	[ "$(key shelf/bun =1)" = "$(key shelf/bun =1)" ]
	[ "$(key shelf/bun =1)" != "$(key shelf/bun =2)" ]
	[ "$(key shelf/bun =1)" != "$(key shelf/node =1)" ]
}

what_was_killed_half_way_never_gets_its_name() {
	# shellcheck disable=SC2317
	half() { touch "$1/first" && kill -9 "$BASHPID"; }
	# shellcheck disable=SC2317
	whole() { touch "$1/second"; }
	(cache_folder thing 1 half) >/dev/null 2>&1 || true
	[ ! -e "$PIPELINE_LAB/built/thing-1" ]
	cache_folder thing 1 whole >/dev/null
	[ "$(ls "$PIPELINE_LAB/built/thing-1")" = second ]
}

what_was_linked_just_now_is_what_runs() {
	local place
	place=$(mktemp -d)
	mkdir "$place/before" "$place/after"
	# shellcheck disable=SC2016
	printf '#!/bin/sh\necho "${0%%/*}"\n' | tee "$place/before/newcomer" >"$place/after/newcomer"
	chmod +x "$place"/*/newcomer
	PATH=$PATH:$place/before
	[ "$(newcomer)" = "$place/before" ]
	newcomer
	link "$place/after/newcomer" newcomer
	[ "$(newcomer)" = "$PIPELINE_LAB/bin" ]
	rm -r "$PIPELINE_LAB/bin/newcomer" "$place"
}

two_at_once_make_one_lab() {
	local first
	"$lab/up.sh" >/dev/null 2>&1 &
	first=$!
	"$lab/up.sh" >/dev/null 2>&1
	wait "$first"
	work
	[ "$(docker ps --quiet --filter "name=^$engine\$" | wc -l)" = 1 ]
	[ "$(pidof dockerd | wc -w)" = 1 ]
}

up_again_builds_and_starts_nothing() {
	local output before
	work
	before=$(running_since)
	output=$("$lab/up.sh" 2>&1 >/dev/null)
	[[ $output == *"the lab is up"* && $(wc -l <<<"$output") == 1 ]]
	[ "$(running_since)" = "$before" ]
}

running_since() { pidof dockerd && docker inspect --format '{{.Id}} {{.State.StartedAt}}' "$engine" "$shelf"; }

the_environment_may_be_read_twice() {
	local once
	once=$(work && echo "$PATH")
	[ "$(work && work && echo "$PATH")" = "$once" ]
}

images_are_found_under_their_official_names() {
	work
	docker pull --quiet "debian:$DEBIAN_TAG"
	[[ $(printf 'FROM golang:%s\nRUN --mount=type=cache,target=/c go version\n' "$GOLANG_TAG" | docker build --quiet -) == sha256:* ]]
	[[ $(dagger --silent --no-mod --command "container | from debian:$DEBIAN_TAG | with-exec cat,/etc/os-release | stdout") == *trixie* ]]
}

a_database_killed_half_way_is_made_the_next_time() {
	local moment
	for moment in 0.3 1 2; do
		rm -rf "$PIPELINE_LAB"/built/advisories-* "$PIPELINE_LAB/shelf/advisories.json"
		timeout --signal KILL "$moment" "$lab/image.sh" advisories || true
		"$lab/image.sh" advisories
		jq -e '.advisories | length > 0' "$PIPELINE_LAB/shelf/advisories.json"
	done
}

an_image_nobody_knows_is_refused_with_those_there_are() {
	local output
	if output=$("$lab/image.sh" gitleaks nonsense 2>&1); then return 1; fi
	[[ $output == *'"nonsense"; there are: trivy gitleaks semgrep advisories' ]]
}

what_is_on_the_shelf_is_not_made_again() {
	local output
	"$lab/image.sh" advisories
	output=$("$lab/image.sh" advisories 2>&1)
	[[ $output == *"is on the shelf"* && $output != *making* && $output != *building* ]]
}

the_database_states_that_it_is_a_sample() {
	"$lab/image.sh" advisories
	curl -fs -H 'Accept: application/vnd.oci.image.manifest.v1+json' "127.0.0.1:$shelf_port/v2/aquasecurity/trivy-db/manifests/2" |
		jq -e '.annotations["org.opencontainers.image.title"] | test("^sample: [0-9]+ advisories$")'
}

npms_audit_is_answered_from_the_same_files() {
	local at=127.0.0.1:$shelf_port/-/npm/v1/security/advisories/bulk
	"$lab/image.sh" advisories
	curl -fs --data '{"lodash": ["4.17.20"]}' "$at" | jq -e '.lodash[0].url | endswith("GHSA-35jh-r3h4-6jhm")'
	[ "$(curl -fs --data '{"lodash": ["4.17.21"]}' "$at")" = '{}' ]
	rm "$PIPELINE_LAB/shelf/advisories.json"
	[[ $(curl -s --data '{}' "$at") == *"lab/image.sh advisories makes them"* ]]
	(cd "$lab/registry" && GOFLAGS=-mod=readonly go test .)
}

a_bystander_survives_down_and_clean() {
	work
	docker run --detach --name "$bystander" --volume "$bystander:/data" "debian:$DEBIAN_TAG" sleep 600
	"$lab/down.sh"
	if running "$engine" || running "$shelf"; then return 1; fi
	running "$bystander"
	"$lab/clean.sh"
	[ -z "$(docker ps --all --quiet --filter "label=$label")$(docker volume ls --quiet --filter "label=$label")" ]
	running "$bystander"
	docker volume inspect "$bystander"
	docker rm --force "$bystander"
	docker volume rm "$bystander"
}

clean_leaves_nothing_but_the_cache() {
	"$lab/clean.sh"
	if pidof dockerd containerd dnsmasq || ip link show docker0; then return 1; fi
	if grep "$PIPELINE_LAB" /proc/self/mounts || iptables-save | grep -i docker; then return 1; fi
	if curl -s "127.0.0.1:$shelf_port"; then return 1; fi
	[ "$(cd "$PIPELINE_LAB" && echo [!l]*)" = "bin built complete shelf" ] # besides lock and log
}

killed_at_any_moment_it_gets_there_the_next_time() {
	local moment
	for moment in 0.5 2 5; do
		timeout --signal KILL "$moment" "$lab/up.sh" || true
		"$lab/up.sh"
		"$lab/down.sh"
	done
}

work() { eval "$("$lab/env.sh")"; }

tests=(
	too_little_space_is_refused_in_one_line_before_anything_starts
	what_is_missing_is_listed_in_one_line
	a_key_changes_with_what_it_stands_for_and_only_then
	what_was_killed_half_way_never_gets_its_name
	what_was_linked_just_now_is_what_runs
	two_at_once_make_one_lab
	up_again_builds_and_starts_nothing
	the_environment_may_be_read_twice
	images_are_found_under_their_official_names
	an_image_nobody_knows_is_refused_with_those_there_are
	what_is_on_the_shelf_is_not_made_again
	the_database_states_that_it_is_a_sample
	npms_audit_is_answered_from_the_same_files
	a_database_killed_half_way_is_made_the_next_time
	a_bystander_survives_down_and_clean
	clean_leaves_nothing_but_the_cache
	killed_at_any_moment_it_gets_there_the_next_time
)

if [ "${1-}" != inside ]; then
	[ -e "$PIPELINE_LAB/complete" ] || fail "there is no lab to copy; run lab/up.sh first"
	"$lab/image.sh" advisories # inside there is no network to fetch its modules from
	copy=$PIPELINE_LAB-test
	trap 'rm -rf "$copy"' EXIT
	rm -rf "$copy"
	mkdir -p "$copy"
	cp -a --reflink=auto "$PIPELINE_LAB"/{built,shelf,complete} "$copy/"
	unset DOCKER_HOST
	# In the background: bash runs a trap only when the program in the foreground has ended, and unshare ignores Ctrl-C.
	PIPELINE_LAB=$copy unshare --net --mount --pid --fork --kill-child --mount-proc "$0" inside &
	trap 'kill -KILL %1' INT TERM HUP
	wait $!
	exit
fi

ip link set lo up
passed=0 failed=0
mkdir -p "$PIPELINE_LAB/log"
for test in "${tests[@]}"; do
	begun=$(date +%s) log=$PIPELINE_LAB/log/$test.log
	printf '=== RUN   %s\n' "$test"
	set +e # not `if`: a line that fails inside would not end the test
	(
		set -e
		"$test"
	) >"$log" 2>&1
	status=$?
	set -e
	if ((status)); then
		failed=$((failed + 1)) verdict=FAIL
		tail -n 20 "$log"
	else
		passed=$((passed + 1)) verdict=PASS
	fi
	printf -- '--- %s: %s (%d.00s)\n' "$verdict" "$test" $(($(date +%s) - begun))
done
printf '%d passed, %d failed\n' "$passed" "$failed"
if ((failed)); then
	echo FAIL
	exit 1
fi
echo PASS
