#!/bin/sh
# The hook after the start of an agent's container whose pod is made while a port is intercepted: until it ends, the pod
# is not ready, so that nobody is led to a redirect behind which nobody stands yet. It ends well whatever happens, and
# within 10 s: an agent that does not come up must not keep the application from serving.

MARK=${1:?the file to wait for}
left=200
while [ ! -e "$MARK" ] && [ "$left" -gt 0 ]; do
    sleep 0.05
    left=$((left - 1))
done
exit 0
