# shellcheck shell=bash
# The scanners' images. Only scans need them, and Trivy alone takes 13 minutes of a processor.

# tool_version NAME MODULE: as tools/NAME/go.mod has it, without its v.
tool_version() { awk -v module="$2" '{for (i = 1; i < NF; i++) if ($i == module) print substr($(i + 1), 2)}' "$lab/tools/$1/go.mod"; }

scanners=(trivy gitleaks semgrep)

# scanner_image NAME: the name of the official image.
scanner_image() {
	case $1 in
	trivy) echo "aquasec/trivy:$(tool_version trivy github.com/aquasecurity/trivy)" ;;
	gitleaks) echo "zricethezav/gitleaks:v$(tool_version gitleaks github.com/zricethezav/gitleaks/v8)" ;;
	semgrep) echo "semgrep/semgrep:$(sed -n 's/^semgrep==//p' "$lab/shelf/semgrep/requirements.in")" ;;
	esac
}

scanner_images() {
	local name
	for name in "${scanners[@]}"; do scanner_image "$name"; done
}

# scanner NAME PROGRAM: its image is on the shelf. PROGRAM is built by tool.sh; Semgrep comes from PyPI and has none.
scanner() {
	local name=$1 program=$2 about="a minute" built=none
	[ -z "$program" ] || built=$(basename "$(dirname "$program")")
	shelve "$(scanner_image "$name")" "$(key "shelf/$name" "=$(debian_key)" "=$built")" "$about" from_folder "$name" scanner_context
}

# scanner_context FOLDER: reads `program` of its caller.
scanner_context() {
	[ -z "$program" ] || cp "$program" "$1/"
}
