#!/bin/sh
# Reports on stderr that a step is still running, after every 10 s in which the step printed nothing:
#   beat.sh PARENT BEGAN TEXT [SHOWN]
# PARENT is the process of the shell that runs the step. BEGAN is the Unix time at which the clock of the lines starts. SHOWN is a file that grows when the step prints.
# The program ends within a second of that shell, even if that shell is killed: no trap is needed there.
shell=$1 began=$2 text=$3 shown=${4:-/dev/null}
every=${PROGRESS_SECONDS:-10}
sleeper=
trap 'kill $sleeper 2>/dev/null; exit 0' TERM

# parent sets the process that this one belongs to now. The parent of an orphan changes, whether or not the old one was reaped.
parent() {
  if [ -r "/proc/$$/stat" ]; then
    read -r _ _ _ parent _ <"/proc/$$/stat"
  else
    parent=$(ps -o ppid= -p $$ | tr -d ' ')
  fi
}

silent=0 size=0
while parent && [ "$parent" = "$shell" ]; do
  sleep 1 &
  sleeper=$!
  wait "$sleeper"
  silent=$((silent + 1))
  now=$(wc -c <"$shown")
  if [ "$now" != "$size" ]; then
    size=$now silent=0
  elif [ "$silent" -ge "$every" ]; then
    silent=0
    printf '[%3ds] still %s\n' $(($(date +%s) - began)) "$text" >&2
  fi
done
