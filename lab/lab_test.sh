#!/usr/bin/env bash
# Proves what the lab promises, on a machine where it is up:  lab/lab_test.sh
# With --all also what disturbs others at work in it: taking it down, cleaning it away, and a kill at the worst moment.
. "$(dirname "$0")/lib/lab.sh"
for part in room docker; do
	# shellcheck disable=SC1090
	. "$lab/lib/$part.sh"
done

scratch=$(mktemp -d)
bystander=pipeline-lab-bystander
trap 'docker rm --force --volumes "$bystander" >/dev/null 2>&1; docker volume rm "$bystander" >/dev/null 2>&1; rm -rf "$scratch"' EXIT

too_little_room_is_refused_at_once_in_one_line() {
	local said
	SECONDS=0
	if said=$(LAB_MIN_FREE_KB=999999999999 "$lab/up.sh" 2>&1); then return 1; fi
	[[ $said == *"no room on the disk"* && $(wc -l <<<"$said") == 1 ]] && ((SECONDS < 2))
}

can_says_in_one_line_what_is_missing() {
	local said
	"$lab/can.sh"
	if said=$(PATH=/usr/bin:/bin LAB_MIN_FREE_KB=999999999999 "$lab/can.sh"); then return 1; fi
	[[ $said == "the lab cannot run here; missing: "*room* && $(wc -l <<<"$said") == 1 ]]
}

a_key_changes_with_what_it_stands_for_and_only_then() {
	[ "$(key shelf/bun =1)" = "$(key shelf/bun =1)" ]
	[ "$(key shelf/bun =1)" != "$(key shelf/bun =2)" ]
	[ "$(key shelf/bun =1)" != "$(key shelf/node =1)" ]
}

what_was_killed_half_way_never_gets_its_name() (
	PIPELINE_LAB=$scratch
	# shellcheck disable=SC2317
	half() { touch "$1/first" && kill -9 "$BASHPID"; }
	# shellcheck disable=SC2317
	whole() { touch "$1/second"; }
	(kept thing 1 half) >/dev/null 2>&1 || true
	[ ! -e "$scratch/built/thing-1" ]
	kept thing 1 whole >/dev/null
	[ "$(ls "$scratch/built/thing-1")" = second ]
)

the_environment_may_be_read_twice() {
	local once
	once=$(eval "$("$lab/env.sh")" && echo "$PATH")
	[ "$(eval "$("$lab/env.sh")" && eval "$("$lab/env.sh")" && echo "$PATH")" = "$once" ]
}

up_again_takes_less_than_five_seconds() {
	SECONDS=0
	"$lab/up.sh" >/dev/null 2>&1
	((SECONDS < 5))
}

two_at_once_make_one_lab() {
	local first
	"$lab/up.sh" >/dev/null 2>&1 &
	first=$!
	"$lab/up.sh" >/dev/null 2>&1
	wait "$first"
	[ "$(docker ps --quiet --filter "name=^$engine\$" | wc -l)" = 1 ]
}

down_leaves_a_bystander_alone() {
	start_bystander
	"$lab/down.sh" >/dev/null 2>&1
	if running "$engine" || running "$shelf"; then return 1; fi
	running "$bystander"
	"$lab/up.sh" >/dev/null 2>&1
}

clean_leaves_a_bystander_alone() {
	start_bystander
	"$lab/clean.sh" >/dev/null 2>&1
	[ -z "$(docker ps --all --quiet --filter "label=$label")" ]
	[ -z "$(docker volume ls --quiet --filter "label=$label")" ]
	running "$bystander"
	docker volume inspect "$bystander" >/dev/null
	"$lab/up.sh" >/dev/null 2>&1
}

killed_at_any_moment_it_gets_there_the_next_time() {
	local moment
	for moment in 0.3 1 3; do
		"$lab/down.sh" >/dev/null 2>&1
		timeout --signal KILL "$moment" "$lab/up.sh" >/dev/null 2>&1 || true
		"$lab/up.sh" >/dev/null 2>&1
		running "$engine"
	done
}

# start_bystander: somebody else's container, with a volume. Its image is what is surely there, under a name of its own.
start_bystander() {
	docker rm --force --volumes "$bystander" >/dev/null 2>&1 || true
	docker run --detach --name "$bystander" --volume "$bystander:/data" "debian:$DEBIAN_TAG" sleep 600 >/dev/null 2>&1
}

tests=(
	too_little_room_is_refused_at_once_in_one_line
	can_says_in_one_line_what_is_missing
	a_key_changes_with_what_it_stands_for_and_only_then
	what_was_killed_half_way_never_gets_its_name
	the_environment_may_be_read_twice
	up_again_takes_less_than_five_seconds
	two_at_once_make_one_lab
)
[ "${1-}" = --all ] && tests+=(down_leaves_a_bystander_alone clean_leaves_a_bystander_alone killed_at_any_moment_it_gets_there_the_next_time)

eval "$("$lab/env.sh")"
passed=0 failed=0
for test in "${tests[@]}"; do
	begun=$(date +%s)
	set +e
	(
		set -e
		"$test"
	)
	status=$?
	set -e
	if ((status)); then
		failed=$((failed + 1)) verdict=FAIL
	else
		passed=$((passed + 1)) verdict=ok
	fi
	printf '%-4s %s (%d s)\n' "$verdict" "${test//_/ }" $(($(date +%s) - begun))
done
printf '%d passed, %d failed\n' "$passed" "$failed"
((failed == 0))
