#!/bin/sh
# PID 1 of the agent's container: starts the agent again in place when it ends. A container that restarts would make
# the pod unready and take it out of its Service. A shell, because a second Python would cost 8 MB in each pod.

PYTHON=${TELELENS_PYTHON:-python3}
STEADY=60  # seconds after which an end is not part of a crash loop
LONGEST=30 # seconds between two starts of a crash loop

child=
ending=

say() { echo "telelens-agent: $*" >&2; }

forward() {
    ending=1
    [ -n "$child" ] && kill -TERM "$child" 2>/dev/null
}
trap forward TERM INT

# `wait` returns early when a trap ran; the child is then still there.
await() {
    wait "$1"
    status=$?
    while kill -0 "$1" 2>/dev/null; do
        wait "$1"
        status=$?
    done
}

reason() {
    if [ "$1" -gt 128 ]; then echo "was ended by SIG$(kill -l "$1")"; else echo "ended with status $1"; fi
}

# One arena, early trimming, one thread for names: the memory of a burst goes back to the node.
export MALLOC_ARENA_MAX=1 MALLOC_TRIM_THRESHOLD_=131072 UV_THREADPOOL_SIZE=1

delay=0
while [ -z "$ending" ]; do
    started=$(date +%s)
    "$PYTHON" -m telelens_cluster.agent &
    child=$!
    [ -n "$ending" ] && kill -TERM "$child" 2>/dev/null
    await "$child"
    child=
    [ -n "$ending" ] && break
    [ $(($(date +%s) - started)) -ge "$STEADY" ] && delay=0
    say "the agent $(reason "$status"); next start in $delay s"
    if [ "$delay" -gt 0 ]; then
        sleep "$delay" &
        child=$!
        await "$child"
        child=
        delay=$((delay * 2))
        [ "$delay" -gt "$LONGEST" ] && delay=$LONGEST
    else
        delay=1
    fi
done
say "stopped"
exit 0
