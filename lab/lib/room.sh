# shellcheck shell=bash
# Is there room on the disk for what the lab is about to do?

cold_kb=$((12 * 1024 * 1024)) # measured: README.md
warm_kb=$((3 * 1024 * 1024))
# shellcheck disable=SC2034 # for image.sh
trivy_kb=$((6 * 1024 * 1024))

# free_kb FOLDER: what is free where the folder is, or will be.
free_kb() {
	local folder=$1
	until [ -d "$folder" ]; do folder=$(dirname "$folder"); done
	df --output=avail -k "$folder" | tail -n 1 | tr -d ' '
}

# room FOLDER…: says what is missing, and fails, when one of the folders has too little room.
room() {
	local folder free need=$cold_kb
	[ -e "$PIPELINE_LAB/complete" ] && need=$warm_kb # what takes the room is there already
	need=${LAB_MIN_FREE_KB:-$need}
	for folder in "$@"; do
		free=$(free_kb "$folder")
		if ((free < need)); then
			printf '%d MB are free for %s, the lab needs %d MB\n' $((free / 1024)) "$folder" $((need / 1024))
			return 1
		fi
	done
}
