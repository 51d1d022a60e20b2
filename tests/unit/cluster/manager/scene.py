"""A workload with pods, intercepts and agents, on which decisions are tried; the clock is a number."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Any

from telelens_cluster.manager.decision import Decision, decide
from telelens_cluster.manager.keys import WorkloadKey
from telelens_cluster.manager.observed import (
    AgentState,
    CanaryResult,
    CanaryRoute,
    Memory,
    Observed,
    Outcome,
    Policy,
    SessionState,
)
from telelens_cluster.manager.pods import Neighbour, PodState
from telelens_schemas.resources import (
    EnvironmentGrant,
    Intercept,
    InterceptPort,
    InterceptSpec,
    InterceptStatus,
    Metadata,
    SessionReference,
    WorkloadReference,
)
from telelens_schemas.wire.tunnel_pb2 import AgentConfiguration, AgentStatus
from telelens_schemas.wire.tunnel_pb2 import InterceptStatus as AgentsWord

INJECT = "telelens.dev/inject-traffic-agent"
ROLLED = "telelens.dev/rolled-at"
POLICY = Policy(
    manager_addresses=("10.0.0.9", "fd00::9"),
    manager_namespace="telelens",
    canary_secret=b"nest",
    agent_image="agent:1",
)


@dataclass
class Scene:
    """Mutable; ``decide`` takes a picture of it, ``settle`` also plays the agents' and the writer's part."""

    kind: str = "Deployment"
    now: float = 1000.0
    replicas: int = 1
    template_annotations: dict[str, str] = field(default_factory=dict)
    spec: dict[str, Any] = field(default_factory=dict)
    workload_status: dict[str, Any] = field(default_factory=dict)
    exists: bool = True
    cluster_ip: str = "10.1.1.1"
    pods: list[PodState] = field(default_factory=list)
    neighbours: list[Neighbour] = field(default_factory=list)
    intercepts: list[Intercept] = field(default_factory=list)
    sessions: dict[str, SessionState] = field(default_factory=dict)
    agents: dict[str, AgentState] = field(default_factory=dict)
    canaries: dict[CanaryRoute, CanaryResult] = field(default_factory=dict)
    memory: Memory = field(default_factory=Memory)

    # What is there.

    def intercept(self, name: str = "one", *, owner: str = "alice", created: str = "2026-01-01T00:00:00Z") -> str:
        """One more intercept with its session; returns its UID."""
        uid = f"uid-{name}"
        self.sessions[f"session-{owner}"] = SessionState(uid=f"su-{owner}", owner=owner, certificate=b"der")
        self.intercepts.append(
            Intercept(
                metadata=Metadata(name=name, namespace="shop", uid=uid, creation_timestamp=created),
                spec=InterceptSpec(
                    owner=owner,
                    session=SessionReference(name=f"session-{owner}", uid=f"su-{owner}"),
                    workload=WorkloadReference(kind=self.kind, name="echo"),
                    ports=(InterceptPort(local_port=9090),),
                ),
            )
        )
        return uid

    def bare_pod(self, name: str = "old", **fields: Any) -> PodState:
        """A pod without an agent."""
        return self._pod(PodState(uid=f"pod-{name}", name=name, ip="10.2.0.1", ready=True, **fields))

    def injected_pod(self, name: str = "new", *, ip: str = "10.2.0.2", **fields: Any) -> PodState:
        """A pod with a running agent, not connected yet."""
        defaults: dict[str, Any] = {"ready": True, "agent_running": True, "marked": True}
        state = PodState(uid=f"pod-{name}", name=name, ip=ip, has_agent=True, **{**defaults, **fields})
        return self._pod(state)

    def _pod(self, pod: PodState) -> PodState:
        self.pods = [one for one in self.pods if one.uid != pod.uid] + [pod]
        return pod

    def connect(self, pod: PodState, **status: Any) -> None:
        """The agent of ``pod`` connects and says its first word."""
        self.agents[pod.uid] = AgentState(certificate="PEM", status=AgentStatus(**{"table_present": True, **status}))

    # What happens.

    def decide(self) -> Decision:
        """One decision; its memory is kept."""
        decision = decide(self.observed(), POLICY)
        self.memory = decision.memory
        return decision

    def settle(self, *, tunnels: bool = True, outcome: Outcome = Outcome.ANSWERED, rounds: int = 6) -> Decision:
        """Decide, write the statuses, let agents obey and canaries fly, until nothing changes any more."""
        for generation in range(1, rounds):
            decision = self.decide()
            self.write(decision)
            self.obey(decision, generation, tunnels=tunnels)
            for route in decision.canaries:
                known = self.canaries.get(route)
                self.canaries[route] = CanaryResult(outcome, self.now, known.attempts + 1 if known else 1)
        return decision

    def obey(self, decision: Decision, generation: int, *, tunnels: bool) -> None:
        """Every connected agent takes the configuration and says so."""
        told = AgentConfiguration()
        told.CopyFrom(decision.configuration)
        told.generation = generation
        for uid, agent in self.agents.items():
            status = AgentStatus(
                generation=generation,
                table_present=agent.status.table_present if agent.status else True,
                table_message=agent.status.table_message if agent.status else "",
                redirected_tcp_ports=[port.container_port for one in told.intercepts for port in one.ports],
                intercepts=[AgentsWord(uid=one.uid, tunnel_connected=tunnels) for one in told.intercepts],
            )
            self.agents[uid] = replace(agent, status=status, configuration=told)

    def write(self, decision: Decision) -> None:
        """What the API server then holds."""
        self.intercepts = [
            replace(one, status=decision.statuses.get(one.metadata.uid or "", one.status)) for one in self.intercepts
        ]

    def status(self, uid: str) -> InterceptStatus:
        """As the API server holds it."""
        (found,) = [one.status for one in self.intercepts if one.metadata.uid == uid]
        return found

    def rewrite(self, uid: str, **status: Any) -> None:
        """Put the status of an intercept to something."""
        self.intercepts = [
            replace(one, status=replace(one.status, **status)) if one.metadata.uid == uid else one
            for one in self.intercepts
        ]

    def observed(self) -> Observed:
        """The picture."""
        labels = {"app": "echo"}
        container = {"name": "app", "ports": [{"name": "http", "containerPort": 8080}]}
        workload = {
            "kind": self.kind,
            "metadata": {"name": "echo", "namespace": "shop"},
            "spec": {
                "replicas": self.replicas,
                "template": {
                    "metadata": {"labels": labels, "annotations": self.template_annotations},
                    "spec": {"containers": [container]},
                },
                **self.spec,
            },
            "status": self.workload_status,
        }
        service = {
            "metadata": {"name": "echo"},
            "spec": {
                "clusterIP": self.cluster_ip,
                "selector": labels,
                "ports": [{"name": "web", "port": 80, "targetPort": "http"}],
            },
        }
        return Observed(
            key=WorkloadKey("shop", self.kind, "echo"),
            now=self.now,
            wall=datetime(2026, 1, 1, 0, 5, tzinfo=UTC),
            workload=workload if self.exists else None,
            services=(service,),
            pods=tuple(self.pods),
            neighbours=tuple(self.neighbours),
            intercepts=tuple(self.intercepts),
            sessions=self.sessions,
            agents=self.agents,
            grants={one.metadata.uid or "": EnvironmentGrant(allowed=True) for one in self.intercepts},
            canaries=self.canaries,
            memory=self.memory,
        )
