"""Texts that use every key of the language."""

from __future__ import annotations

import textwrap

WHOLE = """\
name: everything
connections:
  - name: a
    context: desk
    namespace: shop
    mappedNamespaces: [shop, billing]
    managerNamespace: telelens
    hostname: alpha
    expose: 127.0.0.1:8080:80
    alsoProxy: [10.1.0.0/16]
    neverProxy: ["fd00::/8"]
    allowConflictingSubnets: [10.2.0.0/16]
    proxyVia: [10.3.0.0/16=echo]
    docker: true
    kubeconfig: ~/.kube/other
    kubeFlags: {as: ann}
  - name: b
    expose: ["80", 8081:81]
prerequisites:
  - create: migrate
    delete: clean
  - delete: clean
handlers:
  - name: migrate
    script: {run: make migrate, shell: sh}
  - name: clean
    docker:
      build: {context: ./clean, args: [--no-cache, 1]}
      ports: [8080, "8081"]
      options: [--rm, -p, 80]
      command: /bin/clean
      args: [-v]
  - name: image
    environment: [{name: PORT, value: "9090"}]
    docker: {image: jmalloc/echo-server}
  - name: composed
    docker:
      compose:
        context: ./compose
        services:
          - name: web
            behavior: interceptHandler
            connection: a
          - {name: db, behavior: remote, mapping: {name: postgres, namespace: data}}
          - {name: cache, behavior: local}
        spec:
          version: "3"
          services:
            web: {image: web, x-telepresence: {behavior: interceptHandler, connection: b}}
            cache: {x-telepresence: {behavior: remote, mapping: {name: redis, namespace: data}}}
            idle:
  - name: mine
    external: {isDocker: true, outputFormat: yaml, outputPath: /tmp/env}
    debug: {type: debugpy, port: 5678, waitForClient: true, justMyCode: false, subProcess: false}
  - name: down
workloads:
  - name: a/echo
    namespace: shop
    intercepts:
      - name: one
        enabled: true
        handler: image
        service: echo
        port: http
        localPort: 9090
        headers: [{name: x-user, value: auto}]
        pathPrefix: /
        global: false
        replace: true
        mountPoint: /tmp/mounts
        previewURL:
          enable: true
          banner: false
          ingress: {host: ingress, port: 443, tls: true, l5host: shop.example}
      - {name: two, handler: composed, port: 81, localPort: "9091", pathEqual: /a, mountPoint: false, previewURL: false}
      - {name: three, handler: down, port: 82, container: app, pathRegexp: /a.*}
  - name: b/echo
    intercepts:
      - {handler: mine, localPort: 8080, global: true}
"""
OLDEST = """\
apiVersion: getambassador.io/v1alpha1  # the first one
kind: InterceptSpecification
metadata: {name: old}
spec:
  connection: {context: desk}
  # what is taken
  workloads:
    echo:   # a server
        namespace: shop
        intercepts:
          - service_port: http   # by name
            headers:
              x-user: ada
              "x-tenant": "{{ env `TENANT` }}"
            handler: web
          - {name: second, service_port: 81, headers: {a: b, c: d}, localPort: 81}
    other: {intercepts: [{handler: web, localPort: 8082}]}
    idle:
  handlers:
    - name: web
      environment:
        PORT: 8080
        GREETING: hello  # politely
      script:
        run: |
          serve
"""


def as_crd(text: str, version: str = "v1alpha4", metadata: str = "{name: stored}") -> str:
    """The text as the ``spec`` of an object."""
    head = f"apiVersion: getambassador.io/{version}\nkind: InterceptSpecification\nmetadata: {metadata}\nspec:\n"
    return head + textwrap.indent(text, "  ")
