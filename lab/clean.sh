#!/usr/bin/env bash
# Removes the lab from this machine: no container, volume, process, mount, interface or port of ours is left.
# What was built stays in the cache, so that the next up.sh takes a minute; `rm -rf` the cache to start from nothing.
. "$(dirname "$0")/lib/lab.sh"
for part in docker engine images scanners down clean; do
	# shellcheck disable=SC1090
	. "$lab/lib/$part.sh"
done

lock lab
last_docker
if is_own && [ -d "$PIPELINE_LAB/docker" ]; then start_docker; fi # only a running daemon lists what it holds
if answers; then
	stop_containers
	remove_ours
fi
if is_own; then
	others=$(foreign)
	stop_docker
	if [ -n "$others" ]; then
		say "$PIPELINE_LAB/docker stays, because it holds things that are not the lab's: $others"
	else
		remove_docker
	fi
fi
rm -rf "$PIPELINE_LAB"/{env,daemon,engine.key,xdg,tmp}
say "the lab is removed; what it built stays in $PIPELINE_LAB ($(du -sh "$PIPELINE_LAB" | cut -f 1))"
