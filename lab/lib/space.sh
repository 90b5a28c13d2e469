# shellcheck shell=bash
# Is there space on the disk for the next step of the lab?

cold_kb=$((12 * 1024 * 1024)) # measured: README.md
warm_kb=$((3 * 1024 * 1024))
# shellcheck disable=SC2034 # for image.sh
trivy_kb=$((6 * 1024 * 1024))

# free_kb FOLDER: the free space where the folder is, or will be.
free_kb() {
	local folder=$1
	until [ -d "$folder" ]; do folder=$(dirname "$folder"); done
	df --output=avail -k "$folder" | tail -n 1 | tr -d ' '
}

# space FOLDER…: fails, and prints what is missing, when one of the folders has too little space.
space() {
	local folder free need=$cold_kb
	[ -e "$PIPELINE_LAB/complete" ] && need=$warm_kb # the large files are there already
	need=${LAB_MIN_FREE_KB:-$need}
	for folder in "$@"; do
		free=$(free_kb "$folder")
		if ((free < need)); then
			printf '%d MB are free for %s, the lab needs %d MB\n' $((free / 1024)) "$folder" $((need / 1024))
			return 1
		fi
	done
}
