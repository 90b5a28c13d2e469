#!/bin/sh
# Suites for the tests of the program that runs suites.
event() { printf '{"Action":"%s","Package":"%s","Test":"%s","Output":"%s"}\n' "$1" "${package-one}" "$2" "${3-}"; }
run() { event run "$1"; }
case $1 in
  subtests)
    run TestA; run TestA/x; run TestA/y
    event output TestA/y '    a_test.go:7: NOT TESTED: no engine\n'
    event pass TestA/x; event skip TestA/y; event pass TestA
    run TestB; run TestB/x; run TestB/y
    event output TestB/x '    a_test.go:9: want 1, got 2\n'
    event fail TestB/x; event pass TestB/y; event fail TestB
    event fail ''
    exit 1
    ;;
  first | second) # each waits for the other
    : >"$RENDEZVOUS/$1"
    until [ -e "$RENDEZVOUS/first" ] && [ -e "$RENDEZVOUS/second" ]; do sleep 0.1; done
    echo "no event"
    run TestA; event pass TestA; event pass ''
    ;;
  exits) run TestA; event pass TestA; echo "disk full" >&2; exit 3 ;;
  panics) run TestA; event output TestA 'panic: nil map\n'; event fail ''; exit 2 ;;
  empty) event pass '' ;;
  packages)
    package=example.com/one; run TestA; event pass TestA; event pass ''
    package=example.com/two; run TestA; event fail TestA; event fail ''
    package=example.com/three; event skip ''
    exit 1
    ;;
  removes) # takes time to remove what it made, and leaves a process that ignores Ctrl-C
    trap 'sleep 1; rm "$RENDEZVOUS/made"; exit 1' INT
    run TestA; : >"$RENDEZVOUS/made"; sleep 600 & echo $! >"$RENDEZVOUS/pid"; wait
    ;;
  last) run TestLast; echo "INTERRUPTED=$INTERRUPTED"; event pass TestLast; event pass '' ;;
  hangs) run TestA; sleep 600 & echo $! >"$RENDEZVOUS/pid"; wait ;;
esac
