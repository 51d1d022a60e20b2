"""How far a placed intercept has come, and what its status says."""

from __future__ import annotations

from dataclasses import dataclass, field

from telelens_schemas.resources import InterceptedPod, InterceptStatus, Mechanism, Phase, ResolvedPort
from telelens_schemas.suggestions import listing
from telelens_schemas.wire.tunnel_pb2 import AgentConfiguration
from telelens_schemas.wire.tunnel_pb2 import InterceptStatus as AgentsWord
from telelens_schemas.workloads.manifest import selects

from telelens_cluster.manager.configuration import NOT_CHECKED, is_applied
from telelens_cluster.manager.http_versions import with_versions
from telelens_cluster.manager.injection_plan import Plan
from telelens_cluster.manager.observed import AgentState, CanaryRoute, Object, Observed, Outcome, Policy
from telelens_cluster.manager.placement import Placed
from telelens_cluster.manager.pods import Neighbour, PodState


@dataclass(frozen=True, slots=True)
class Standing:
    """A phase with its reason."""

    phase: Phase
    message: str = ""
    hint: str = ""


@dataclass(slots=True)
class Delivery:
    """Judges one placed intercept."""

    observed: Observed
    policy: Policy
    placed: Placed
    plan: Plan
    configuration: AgentConfiguration
    unconnected: dict[str, float]
    """Pod UID → since when its agent runs unconnected."""
    routes: list[CanaryRoute] = field(default_factory=list)
    """Where canaries may go; filled by ``status``."""
    due: list[CanaryRoute] = field(default_factory=list)
    """Those of them where a canary would meet the agent if all is well."""

    def status(self) -> InterceptStatus:
        """The whole status but for ``since``."""
        self._find_routes()
        standing = self._with_shared(self._standing())
        target = self.placed.target
        return InterceptStatus(
            phase=standing.phase,
            message=standing.message,
            hint=standing.hint,
            redirect="toggle",
            service=target.service,
            container=target.container,
            ports=self._ports(),
            environment=self.observed.grants.get(self.placed.uid, NOT_CHECKED),
            pods=tuple(entry for pod in self._injected() if (entry := self._entry(pod))),
        )

    def _ports(self) -> tuple[ResolvedPort, ...]:
        if self.placed.intercept.spec.mechanism is Mechanism.HTTP:
            return with_versions(self.observed, self.placed.target)
        return self.placed.target.ports

    def _with_shared(self, standing: Standing) -> Standing:
        shared = self.placed.shared
        if standing.phase is not Phase.ACTIVE or not shared or shared in standing.message:
            return standing
        hint = standing.hint or "take requests with a header that is yours alone: --http-header=auto"
        return Standing(standing.phase, "; ".join(filter(None, (standing.message, shared))), hint)

    def _standing(self) -> Standing:
        was = self.placed.intercept.status
        if self.placed.session.away:
            return Standing(
                Phase.AWAY,
                f"the workstation of {self.placed.intercept.spec.owner} is silent: traffic goes to the application",
                "it goes on by itself when the workstation is back; its place is kept for a while",
            )
        if self.plan.phase is Phase.AGENT_ERROR:
            return Standing(self.plan.phase, self.plan.message, self.plan.hint)
        if trouble := self._agents_trouble():
            return trouble
        if was.phase is Phase.ACTIVE and (pods := self._serving()):
            return self._still_active(pods)
        if self.plan.phase is not None:
            return Standing(self.plan.phase, self.plan.message, self.plan.hint)
        if was.phase is Phase.AGENT_ERROR and any(not pod.has_agent for pod in self.observed.living):
            return Standing(was.phase, was.message, was.hint)
        return self._beginning()

    def _still_active(self, pods: list[PodState]) -> Standing:
        if not any(self._tunnel_up(pod) for pod in pods):
            return self._without_tunnel()
        if bare := [pod.name for pod in self.observed.living if pod.ready and not pod.has_agent]:
            return Standing(Phase.ACTIVE, f"requests to pod {bare[0]} go to the application: it has no agent")
        if broken := [pod for pod in self.observed.living if pod.agent_trouble]:
            return Standing(
                Phase.ACTIVE, f"pod {broken[0].name} does not start: {broken[0].agent_trouble}", "other pods serve"
            )
        outcomes = [outcome for pod in pods for outcome in self._outcomes(pod.uid)]
        if Outcome.SILENT in outcomes:
            return self._unverified()
        was = self.placed.intercept.status
        return Standing(Phase.ACTIVE, was.message, was.hint) if None in outcomes else self._active()

    def _beginning(self) -> Standing:
        pods = self._serving()
        if missing := [pod for pod in self._injected() if self._is_missing(pod)]:
            return self._no_agent(missing[0])
        for pod in pods:
            agent = self.observed.agents.get(pod.uid)
            if agent and agent.status and not agent.status.table_present:
                return Standing(
                    Phase.AGENT_ERROR,
                    f"pod {pod.name} has no redirect table: {agent.status.table_message or 'unknown reason'}",
                    "the node's kernel must offer nftables to containers with NET_ADMIN",
                )
        if not pods:
            return self._not_ready()
        for pod in pods:
            if obstacle := self._obstacle(pod):
                return obstacle
        return self._through_service()

    def _obstacle(self, pod: PodState) -> Standing | None:
        """What keeps ``pod`` from delivering, in the order in which things happen."""
        agent = self.observed.agents.get(pod.uid)
        if agent is None:
            return Standing(Phase.WAITING, f"waiting for the agent of pod {pod.name}")
        if not is_applied(agent, self.configuration):
            return Standing(Phase.WAITING, f"waiting until the agent of pod {pod.name} redirects")
        if not self._tunnel_up(pod):
            return self._without_tunnel()
        outcomes = self._outcomes(pod.uid)
        if Outcome.STRANGER in outcomes or Outcome.REFUSED in outcomes:
            said = next(one.value for one in outcomes if one in (Outcome.STRANGER, Outcome.REFUSED))
            return Standing(Phase.WAITING, f"a trial connection to pod {pod.name} did not meet the agent: {said}")
        if None in outcomes:
            return Standing(Phase.WAITING, f"trying the way to pod {pod.name}")
        return None

    def _through_service(self) -> Standing:
        if any(Outcome.SILENT in self._outcomes(pod.uid) for pod in self._serving()):
            return self._unverified()
        outcomes = self._outcomes("")
        if None in outcomes:
            return Standing(Phase.WAITING, f"trying the way through Service {self.placed.target.service}")
        if any(outcome is not Outcome.ANSWERED for outcome in outcomes):
            return Standing(
                Phase.WAITING,
                f"Service {self.placed.target.service} does not lead to the agent yet",
                f"if that lasts: kubectl get endpointslices -l kubernetes.io/service-name={self.placed.target.service}"
                " shows where it leads",
            )
        return self._active()

    def _active(self) -> Standing:
        """With a word about requests that the Service leads elsewhere."""
        others = self._others()
        if not others:
            return Standing(Phase.ACTIVE)
        ours = sum(self._tunnel_up(pod) for pod in self._serving())
        return Standing(
            Phase.ACTIVE,
            f"Service {self.placed.target.service} also leads to"
            f" {listing(sorted({one.owner for one in others}), most=3)}:"
            f" {ours} of {len(self.observed.living) + len(others)} pods {'is' if ours == 1 else 'are'} intercepted",
            "requests meet the intercept by chance: intercept the others too, or narrow the Service's selector",
        )

    # What is known about the pods.

    def _injected(self) -> list[PodState]:
        return [pod for pod in self.observed.living if pod.has_agent]

    def _serving(self) -> list[PodState]:
        return [pod for pod in self._injected() if pod.ready]

    def _word(self, agent: AgentState) -> AgentsWord | None:
        statuses = agent.status.intercepts if agent.status else ()
        return next((one for one in statuses if one.uid == self.placed.uid), None)

    def _agents_trouble(self) -> Standing | None:
        """What an agent says of this intercept alone; its second line is what to do."""
        for pod in self._injected():
            agent = self.observed.agents.get(pod.uid)
            word = self._word(agent) if agent else None
            if word is not None and word.error:
                what, _, to_do = word.error.partition("\n")
                return Standing(Phase.AGENT_ERROR, f"agent of pod {pod.name}: {what}", to_do)
        return None

    def _former(self, pod: PodState) -> InterceptedPod | None:
        return next((one for one in self.placed.intercept.status.pods if one.uid == pod.uid), None)

    def _tunnel_up(self, pod: PodState) -> bool:
        entry = self._entry(pod)
        return entry is not None and entry.connected

    def _entry(self, pod: PodState) -> InterceptedPod | None:
        """An agent that is not connected to *us* may well be connected to its owner: what was known stays."""
        agent, former = self.observed.agents.get(pod.uid), self._former(pod)
        if agent is None or not pod.ip:
            return former
        if agent.status is None and former is not None:
            return former
        if former is None and not is_applied(agent, self.configuration):
            return None  # it would not let the owner in yet
        word = self._word(agent)
        return InterceptedPod(
            name=pod.name,
            uid=pod.uid,
            ip=pod.ip,
            certificate=agent.certificate,
            connected=word is not None and word.tunnel_connected,
            old_connections=word.old_connections if word else 0,
        )

    def _is_missing(self, pod: PodState) -> bool:
        since = self.unconnected.get(pod.uid)
        return since is not None and self.observed.now - since >= self.policy.agent_timeout

    # Canaries.

    def _find_routes(self) -> None:
        """One per port and pod, due when the agent redirects; one per port through the Service, due when all do.

        Through a Service that leads to other workloads too, a canary would meet our agents by chance: none is sent.
        """
        target, uid = self.placed.target, self.placed.uid
        serving = [pod for pod in self._serving() if pod.ip]
        for pod in serving:
            routes = [CanaryRoute(uid, pod.uid, pod.ip, port.container_port) for port in target.ports]
            self.routes += routes
            if self._redirects(pod):
                self.due += routes
        if serving and (address := self._service_address()) and not self._others():
            routes = [CanaryRoute(uid, "", address, port.service_port) for port in target.ports]
            self.routes += routes
            if all(pod.has_agent for pod in self.observed.living) and all(map(self._redirects, serving)):
                self.due += routes

    def _redirects(self, pod: PodState) -> bool:
        agent = self.observed.agents.get(pod.uid)
        return agent is not None and is_applied(agent, self.configuration)

    def _service(self) -> Object:
        named = (one for one in self.observed.services if one["metadata"]["name"] == self.placed.target.service)
        return next(named, {})

    def _service_address(self) -> str:
        """Headless services have none: their callers reach the pods themselves, as our canaries do."""
        address: str = (self._service().get("spec") or {}).get("clusterIP") or ""
        return "" if address == "None" else address

    def _others(self) -> list[Neighbour]:
        """Pods of other workloads to which the Service leads too."""
        service = self._service()
        return [one for one in self.observed.neighbours if selects(service, one.labels)]

    def _outcomes(self, pod_uid: str) -> list[Outcome | None]:
        results = (self.observed.canaries.get(route) for route in self.routes if route.pod_uid == pod_uid)
        return [result.outcome if result else None for result in results]

    # Words.

    def _unverified(self) -> Standing:
        """A policy that lets callers in but not the manager is no reason to refuse; to hide it would be a lie."""
        return Standing(
            Phase.ACTIVE,
            "not verified: the traffic manager cannot reach the pods' ports itself (NetworkPolicy?)",
            f"let namespace {self.policy.manager_namespace} reach them, to have the way tried",
        )

    def _without_tunnel(self) -> Standing:
        return Standing(Phase.WAITING, f"waiting for the tunnel of {self.placed.intercept.spec.owner}")

    def _not_ready(self) -> Standing:
        pods = self._injected()
        trouble = next((f": pod {pod.name}: {pod.trouble}" for pod in pods if pod.trouble), "")
        return Standing(Phase.WAITING, f"no pod of {self.observed.key.kind} {self.observed.key.name} is ready{trouble}")

    def _no_agent(self, pod: PodState) -> Standing:
        namespace = self.policy.manager_namespace
        return Standing(
            Phase.NO_AGENT,
            f"the agent of pod {pod.name} runs but does not reach the traffic manager: a NetworkPolicy of namespace"
            f" {self.observed.key.namespace} may forbid it",
            "allow egress from the workload's pods to TCP port 9902 of pods app.kubernetes.io/name: telelens-manager in"
            f' namespace "{namespace}" (label kubernetes.io/metadata.name: {namespace}) and to the cluster\'s DNS',
        )
