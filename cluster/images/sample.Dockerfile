# The samples, each a single Python file without dependencies; the argument chooses one. From the root:
#   docker build -f cluster/images/sample.Dockerfile -t localhost/telelens-sample:VERSION .
FROM debian:bookworm-slim
RUN apt-get update \
 && apt-get install -y --no-install-recommends ca-certificates python3 \
 && rm -rf /var/lib/apt/lists/* \
 && echo "telelens:x:7777:7777::/nonexistent:/usr/sbin/nologin" >> /etc/passwd \
 && echo "telelens:x:7777:" >> /etc/group
COPY cluster/samples/*.py /opt/telelens/samples/
RUN python3 -m compileall -q --invalidation-mode unchecked-hash /opt/telelens/samples
ENV PYTHONUNBUFFERED=1 LANG=C.UTF-8
WORKDIR /opt/telelens/samples
USER 7777:7777
ENTRYPOINT ["python3"]
CMD ["echo.py"]
