# shellcheck shell=bash
# Debian's packages. Each program is looked up alone: `command -v a b` succeeds when one of the two is there.

packages() {
	local pair missing=()
	for pair in dockerd=docker.io mmdebstrap=mmdebstrap jq=jq skopeo=skopeo iptables=iptables ip=iproute2 flock=util-linux curl=curl npm=npm; do
		# docker.io is for a daemon of our own: a daemon that answers is used
		if [ "$pair" = dockerd=docker.io ] && answers; then continue; fi
		command -v "${pair%=*}" >/dev/null || missing+=("${pair#*=}")
	done
	if ((${#missing[@]})); then
		say "installing ${missing[*]} (40 seconds)"
		quietly apt install_packages "${missing[@]}"
	fi
}

install_packages() {
	apt-get update -qq
	# a package that starts its service would start a second daemon
	RUNLEVEL=1 DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "$@"
}
