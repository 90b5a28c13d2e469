#!/usr/bin/env bash
# Can the lab run on this machine? Exits 0, or prints in one line what is missing.
. "$(dirname "$0")/lib/lab.sh"
. "$lab/lib/space.sh"

missing=()
[ "$(uname -s)" = Linux ] || missing+=("Linux")
[ "$(uname -m)" = x86_64 ] || missing+=("an x86_64 processor")
[ -e /etc/debian_version ] && command -v apt-get >/dev/null || missing+=("Debian with apt")
[ "$(id -u)" = 0 ] || missing+=("root")
wanted=$(sed -n 's/^go //p' "$lab/programs/go.mod")
has=$(go env GOVERSION 2>/dev/null) || has=
printf '%s\n' "$wanted" "${has#go}" | sort --check=quiet --version-sort || missing+=("Go $wanted")
command -v df >/dev/null && ! short=$(space "$PIPELINE_LAB") && missing+=("space on the disk ($short)")

if ((${#missing[@]})); then
	printf -v list ', %s' "${missing[@]}"
	echo "the lab cannot run here; missing: ${list:2}"
	exit 1
fi
