"""Every name that two processes must agree on: API group, objects in the cluster, containers, ports, paths.

Nothing here is configurable. A name that a user may choose (the manager's namespace) stands here as its
default.
"""

from __future__ import annotations

from typing import Final

# The Kubernetes API
API_GROUP: Final = "telelens.dev"
API_VERSION: Final = "v1alpha1"
GROUP_VERSION: Final = f"{API_GROUP}/{API_VERSION}"
SESSION_KIND: Final = "Session"
SESSION_PLURAL: Final = "sessions"
INTERCEPT_KIND: Final = "Intercept"
INTERCEPT_PLURAL: Final = "intercepts"
REVOKE_VERB: Final = "revoke"
"""Who may ``revoke`` an Intercept may delete it though it belongs to somebody else."""

# The traffic manager
MANAGER_NAMESPACE: Final = "telelens"
"""Default: a user may install it elsewhere (``--manager-namespace``)."""
MANAGER_NAME: Final = "telelens-manager"
"""Its Deployment, ServiceAccount, Service, Lease and webhook configuration."""
MANAGER_SERVICE_ACCOUNT: Final = MANAGER_NAME
MANAGER_AGENTS_SERVICE: Final = "telelens-manager-agents"
MANAGER_LEADER_LABEL: Final = "telelens.dev/leader"
USER_ROLE: Final = "telelens-user"
INTERCEPT_ROLE: Final = "telelens-intercept"
WEBHOOK_PORT: Final = 9443
WEBHOOK_SERVICE_PORT: Final = 443
MANAGER_AGENTS_PORT: Final = 9902
MANAGER_HEALTH_PORT: Final = 8081
PREVIEW_PORT: Final = 8082

# Annotations
INJECT_ANNOTATION: Final = "telelens.dev/inject-traffic-agent"
INJECT_ANNOTATION_SPELLINGS: Final = (
    INJECT_ANNOTATION,
    "telepresence.io/inject-traffic-agent",
    "telepresence.getambassador.io/inject-traffic-agent",
)
"""Ours first: where several stand on one object, the first one counts."""
INJECT_ENABLED: Final = "enabled"
INJECT_DISABLED: Final = "disabled"
CONTAINER_PORTS_ANNOTATION_SPELLINGS: Final = (
    "telelens.dev/inject-container-ports",
    "telepresence.io/inject-container-ports",
    "telepresence.getambassador.io/inject-container-ports",
)
TERMINATING_TLS_ANNOTATION_SPELLINGS: Final = (
    "telelens.dev/inject-terminating-tls-secret",
    "telepresence.io/inject-terminating-tls-secret",
    "telepresence.getambassador.io/inject-terminating-tls-secret",
)
"""A Secret with which the agent ends the TLS of a pod's callers."""
ORIGINATING_TLS_ANNOTATION_SPELLINGS: Final = (
    "telelens.dev/inject-originating-tls-secret",
    "telepresence.io/inject-originating-tls-secret",
    "telepresence.getambassador.io/inject-originating-tls-secret",
)
"""A Secret of what the agent shows the application, and believes of it."""
ROLLED_AT_ANNOTATION: Final = "telelens.dev/rolled-at"

# Inside an injected pod
AGENT_CONTAINER: Final = "telelens-agent"
INIT_CONTAINER: Final = "telelens-init"
RUN_VOLUME: Final = "telelens-run"
RUN_PATH: Final = "/run/telelens"
TABLE_REPORT_PATH: Final = f"{RUN_PATH}/table.json"
START_MARK: Final = "started"
"""A file of RUN_PATH: whatever the pod starts for is delivered."""
TOKEN_VOLUME: Final = "telelens-token"  # noqa: S105 (a volume's name)
TOKEN_PATH: Final = "/var/run/secrets/telelens/token"  # noqa: S105 (a path)
TERMINATING_TLS: Final = "terminating"
ORIGINATING_TLS: Final = "originating"
TLS_PATH: Final = "/var/run/secrets/telelens-tls"
"""Above a folder for each of the two."""
TLS_CERTIFICATE: Final = "tls.crt"
TLS_KEY: Final = "tls.key"
TLS_AUTHORITY: Final = "ca.crt"
TOKEN_AUDIENCE: Final = "telelens"  # noqa: S105 (an audience)
TOKEN_SECONDS: Final = 3607
AGENT_UID: Final = 7777
AGENT_PORT: Final = 9900
"""The agent's tunnel listener (TLS)."""
REDIRECT_PORT: Final = 9901
"""Where the pod's table sends intercepted connections."""
HTTP_PORT: Final = 9903
"""Where it sends those whose requests are judged one by one (HAProxy)."""
HTTP_LOWER_PORT: Final = 9904
"""The same, of applications that write the names of headers without capitals."""
FIRST_SHADOW_PORT: Final = 9910
"""Probes of redirected ports are pointed here and upward."""
TOGGLE_ADDRESS: Final = "127.0.0.77"
TOGGLE_ADD_PORT: Final = 7777
TOGGLE_DELETE_PORT: Final = 7778
PERSONAL_HEADER: Final = "x-telepresence-intercept-id"
"""``--http-header auto``; the name that users' callers know."""
INJECTION_VARIABLE: Final = "TELELENS_INJECTION"
MANAGER_VARIABLE: Final = "TELELENS_MANAGER"
MANAGER_CA_VARIABLE: Final = "TELELENS_MANAGER_CA"


def environment_prefix(index: int) -> str:
    """The prefix under which the agent carries the environment of the pod's ``index``-th container."""
    return f"_TEL_{index}_"
