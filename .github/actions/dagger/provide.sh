#!/bin/sh
# Provides the dagger CLI in the version of dagger.json to the steps below: the one on PATH when it has that version, else the
# archive of the release, compared with the release's checksums. Runs at the top of the checkout, before the first call.
set -eu

die() { printf '::error::%s\n' "$*"; exit 1; }

tracked=$(git ls-files -- .env '*/.env')
[ -z "$tracked" ] || die "a .env is tracked by Git: dagger would take defaults from it, and a commit could send the secrets of this job elsewhere. Nothing ran. Remove it: git rm --cached .env"

version=$(sed -n 's/.*"engineVersion": *"v\([0-9][0-9.]*\)".*/\1/p' dagger.json)
[ -n "$version" ] || die "dagger.json has no engineVersion, so the version of the dagger CLI is unknown. Nothing ran."

echo "DAGGER_NO_NAG=1" >>"$GITHUB_ENV"
echo "DO_NOT_TRACK=1" >>"$GITHUB_ENV"
case ${ENGINE:-} in
  '') ;;
  *[!a-zA-Z0-9.:/_-]*) die "the engine's address has a character that no address has. Nothing ran. Correct the variable DAGGER_ENGINE" ;;
  *) echo "_EXPERIMENTAL_DAGGER_RUNNER_HOST=$ENGINE" >>"$GITHUB_ENV" ;;
esac

case $(dagger version 2>/dev/null || true) in
  "dagger v$version "*) echo "dagger v$version is on PATH"; exit 0 ;;
esac

case $(uname -m) in
  x86_64) machine=amd64 ;;
  aarch64 | arm64) machine=arm64 ;;
  *) die "dagger has no release for $(uname -m). Nothing ran." ;;
esac
archive=dagger_v${version}_$(uname -s | tr '[:upper:]' '[:lower:]')_$machine.tar.gz
release=https://dl.dagger.io/dagger/releases/$version
folder=$RUNNER_TEMP/dagger-$version
mkdir -p "$folder"
for file in "$archive" checksums.txt; do
  curl --fail --silent --show-error --location --proto '=https' --retry 3 --output "$folder/$file" "$release/$file" ||
    die "fetch $release/$file: failed. Nothing ran. Run the job again, or install dagger v$version on the runner"
done
awk -v name="$archive" '$2 == name || $2 == "*" name' "$folder/checksums.txt" >"$folder/checksum"
[ -s "$folder/checksum" ] || die "$release/checksums.txt does not list $archive. Nothing ran."
(cd "$folder" && sha256sum --check --strict --quiet checksum) || die "$release/$archive does not have the listed checksum. Nothing ran."
tar -xzf "$folder/$archive" -C "$folder" dagger
echo "$folder" >>"$GITHUB_PATH"
echo "dagger v$version is in $folder"
