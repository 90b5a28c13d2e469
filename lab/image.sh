#!/usr/bin/env bash
# Builds what the scans need and puts it on the shelf:  lab/image.sh trivy gitleaks semgrep advisories
. "$(dirname "$0")/lib/lab.sh"
for part in space docker programs shelf images scanners advisories; do
	# shellcheck disable=SC1090
	. "$lab/lib/$part.sh"
done

all=("${scanners[@]}" advisories)
(($#)) || fail "name what to build; there are: ${all[*]}"
for name in "$@"; do
	[[ " ${all[*]} " == *" $name "* ]] || fail "there is no image \"$name\"; there are: ${all[*]}"
done
[ -e "$PIPELINE_LAB/env" ] || fail "the lab is not up; run lab/up.sh"
. "$PIPELINE_LAB/env"

if [[ " $* " == *" trivy "* ]] && ! compgen -G "$PIPELINE_LAB/built/tool-trivy-*" >/dev/null; then
	short=$(LAB_MIN_FREE_KB=${LAB_MIN_FREE_KB:-$trivy_kb} space "$PIPELINE_LAB") || fail "no space on the disk: $short"
fi

# The long part first, and beside the other scripts of the lab: each tool has a lock of its own.
declare -A built
for name in "$@"; do
	built[$name]=
	if [ -e "$lab/tools/$name" ]; then built[$name]=$("$lab/tool.sh" "$name"); fi
done

lock lab
find_gateway
start_shelf # one that an older checkout started cannot answer npm's audit
stand_in "debian:$DEBIAN_TAG" "$(debian_key)" "30 seconds" debian_image
for name in "$@"; do
	if [ "$name" = advisories ]; then
		advisories
	else
		scanner "$name" "${built[$name]}"
		say "$(scanner_image "$name") is on the shelf"
	fi
done
