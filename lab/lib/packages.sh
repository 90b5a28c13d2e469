# shellcheck shell=bash
# Debian's packages, asked for one by one: `command -v a b` is content with either.

packages() {
	local pair missing=()
	for pair in dockerd=docker.io mmdebstrap=mmdebstrap jq=jq skopeo=skopeo iptables=iptables ip=iproute2 flock=util-linux curl=curl npm=npm; do
		# docker.io is for the daemon of our own: one that is there is honoured
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
	# a package that starts its service would give us a second daemon: nothing is started here
	RUNLEVEL=1 DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "$@"
}
