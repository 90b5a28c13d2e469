# shellcheck shell=sh
# No step is silent: between start_progress and stop_progress a line on stderr reports every 10 s what is running: two short
# steps in a row are then silent for less than 20 s. POSIX sh.
# Whoever sources this sets `beat`, the path of beat.sh.

# start_progress TEXT [SHOWN]: TEXT names the step and how long the step usually takes. SHOWN is a file that grows when the
# step prints. The clock starts at $progress_began, or now.
start_progress() {
  # $$ is another process in a subshell.
  # shellcheck disable=SC2016
  stepping=$(exec sh -c 'echo "$PPID"')
  # The two descriptors are the output and the lock of a caller: a program in the background must not hold them.
  sh "$beat" "$stepping" "${progress_began:-$(date +%s)}" "$@" >/dev/null 3>&- 9>&- &
  beating=$!
}

stop_progress() {
  kill "$beating" 2>/dev/null || :
  wait "$beating" 2>/dev/null || :
}
