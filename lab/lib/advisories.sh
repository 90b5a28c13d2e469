# shellcheck shell=bash
# A small vulnerability database, made from the files in advisories/sources: for Trivy an artifact on the shelf, for npm's
# audit a file beside it, which the shelf reads for every request.

database=aquasecurity/trivy-db

advisories() {
	local program key npm has
	program=$(cache_folder advisories "$(cd "$lab" && key advisories/go.* advisories/*.go "=$go_version")" build_advisories)
	npm=$(npm config get registry)
	key=$(key advisories "=$npm")
	mapfile -t has < <(digests "$database:2" "key-$key" 2)
	if [ -z "${has[0]-}" ] || [ "${has[0]}" != "${has[1]-}" ] || [ ! -e "$PIPELINE_LAB/shelf/advisories.json" ]; then
		say "making the vulnerability database (2 seconds)"
		quietly advisories "$program/advisories" -from "$lab/advisories/sources" -to "$on_this_machine/$database" \
			-tags "2,key-$key" -npm "$npm" -answers "$PIPELINE_LAB/shelf/advisories.json"
	fi
	say "$database:2 is on the shelf; it is a sample"
}

build_advisories() {
	say "building the program that makes the vulnerability database (40 seconds)"
	quietly advisories-program go_program advisories "$1"
}
