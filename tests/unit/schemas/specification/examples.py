"""The vendor's published examples, their indentation restored and their typographic quotes made plain ones."""

from __future__ import annotations

ECHO_EASY = """\
---
apiVersion: getambassador.io/v1alpha4
kind: InterceptSpecification
metadata:
  name: echo-server-spec
  namespace: my-crd-namespace
spec:
  connection:
    context: "my-context"
  workloads:
    - name: echo-easy
      namespace: default
      intercepts:
        - headers:
            - name: test-{{ .Telepresence.Username }}
              value: "{{ .Telepresence.Username }}"
          localPort: 9090
          port: proxied
          handler: echo-easy
          service: echo-easy
          previewURL:
            enable: false
  handlers:
    - name: echo-easy
      environment:
        - name: PORT
          value: "9090"
      docker:
        image: jmalloc/echo-server
"""
TWO_CONNECTIONS = """\
connections:
- name: a
  namespace: {{env "NAMESPACE_A"}}
  hostname: alpha
- name: b
  namespace: {{env "NAMESPACE_B"}}
  hostname: bravo
workloads:
- name: a/echo
  intercepts:
  - handler: echo
    localPort: 8088
    port: 80
    name: a
- name: b/echo
  intercepts:
  - handler: echo
    localPort: 8089
    port: 80
    name: b
handlers:
- name: echo
  docker:
    compose:
      Services:
      - name: echo-a
        behavior: interceptHandler
        connection: a
      - name: echo-b
        behavior: interceptHandler
        connection: b
"""
EXAMPLES = {"echo-easy": ECHO_EASY, "two connections": TWO_CONNECTIONS}
