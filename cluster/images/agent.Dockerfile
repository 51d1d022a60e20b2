# The traffic agent. From the repository's root:
#   docker build -f cluster/images/agent.Dockerfile -t localhost/telelens-agent:VERSION .
FROM debian:bookworm-slim AS base
RUN apt-get update \
 && apt-get install -y --no-install-recommends ca-certificates haproxy nftables openssl python3 \
 && rm -rf /var/lib/apt/lists/* \
 && python3 -m compileall -q -f -o 2 --invalidation-mode unchecked-hash /usr/lib/python3.11 \
 && echo "telelens:x:7777:7777::/nonexistent:/usr/sbin/nologin" >> /etc/passwd \
 && echo "telelens:x:7777:" >> /etc/group

FROM base AS build
RUN apt-get update && apt-get install -y --no-install-recommends python3-pip
COPY cluster/images/agent.lock /build/
RUN python3 -m pip install --no-deps --require-hashes --only-binary=:all: --target /opt/telelens/deps \
      -r /build/agent.lock
COPY . /build/source
RUN python3 -m pip wheel --no-deps --wheel-dir /build/wheel /build/source \
 && python3 -m pip install --no-deps --target /build/all /build/wheel/*.whl \
 && mkdir /opt/telelens/app \
 && cp -r /build/all/telelens_cluster /build/all/telelens_schemas /build/all/*.dist-info /opt/telelens/app/ \
 && python3 -m compileall -q -f -o 0 -o 2 --invalidation-mode unchecked-hash /opt/telelens

FROM base
COPY --from=build /opt/telelens /opt/telelens
ENV PYTHONOPTIMIZE=2 PYTHONPATH=/opt/telelens/deps:/opt/telelens/app PYTHONUNBUFFERED=1 LANG=C.UTF-8
USER 7777:7777
ENTRYPOINT ["python3", "-m", "telelens_cluster.agent"]
