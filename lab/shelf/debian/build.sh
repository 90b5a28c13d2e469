#!/usr/bin/env bash
# Builds the stand-in for debian:SUITE-slim in a new folder: build.sh SUITE FOLDER
# The package sources are those of this machine's apt, so that a private mirror works inside images as well.
set -euo pipefail
suite=$1 root=$2
here=$(cd "$(dirname "$0")" && pwd)

own=$(. /etc/os-release && echo "$VERSION_CODENAME")
# the suites this machine itself uses (bookworm, bookworm-updates, bookworm-security), moved to the wanted one
# shellcheck disable=SC2016 # apt's own placeholders
sources=$(apt-get indextargets --format '$(REPO_URI) $(RELEASE) $(COMPONENT)' 'Created-By: Packages' |
	awk -v own="$own" -v want="$suite" '
		$2 ~ "^" own "(-updates|-security)?$" && $3 == "main" && !seen[$1, $2]++ {
			sub(own, want, $2); print "deb " $1 " " $2 " main"
		}')
[ -n "$sources" ] || { echo "read this machine's apt sources: no suite \"$own\" with component main among them" >&2; exit 1; }

slim=()
for path in man doc locale info lintian linda groff; do
	slim+=(--dpkgopt="path-exclude=/usr/share/$path/*")
done
slim+=(--dpkgopt='path-include=/usr/share/doc/*/copyright') # a licence scan reads these

# usr-is-merged: without it usrmerge comes, and all of perl with it (50 MB)
mmdebstrap --quiet --variant=minbase --include=usr-is-merged \
	--hook-dir=/usr/share/mmdebstrap/hooks/merged-usr "${slim[@]}" \
	"$suite" "$root" - <<<"$sources"

# Only now, because mmdebstrap cleans up with the apt settings that it finds, and removes its own policy-rc.d.
rm -rf "${root:?}"/{var/cache/apt,dev,run}/*
cp -r "$here/files/." "$root/"

# The certificate authorities that this machine trusts: `docker build` has no other way to add them.
# The package ca-certificates picks them up when it is installed; until then programs read the bundle.
for authority in /usr/local/share/ca-certificates/*.crt; do
	[ -e "$authority" ] || continue
	mkdir -p "$root/usr/local/share/ca-certificates" "$root/etc/ssl/certs"
	cp "$authority" "$root/usr/local/share/ca-certificates/"
	{ cat "$authority"; echo; } >>"$root/etc/ssl/certs/ca-certificates.crt"
done
