"""How agents get into pods that have none, without ever taking a healthy workload down."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from telelens_schemas.names import INJECT_ANNOTATION, INJECT_ENABLED
from telelens_schemas.resources import Phase

from telelens_cluster.manager.observed import Observed, Policy, Rehearsal
from telelens_cluster.manager.placement import Placed
from telelens_cluster.manager.pods import PodState


@dataclass(frozen=True, slots=True)
class Rehearse:
    """Create the injected pod with ``dryRun=All``."""

    intercepts: frozenset[str]


@dataclass(frozen=True, slots=True)
class Roll:
    """Patch the template so that the workload makes new pods."""

    enable: bool
    """Also say that they are to be injected; False where the template says so already."""
    again: bool = False
    """New pods had come without an agent; this is the one retry."""


@dataclass(frozen=True, slots=True)
class RollBack:
    """Take our annotations off the template, and remove ``pods``, which can never start."""

    pods: tuple[PodState, ...]


Action = Rehearse | Roll | RollBack


@dataclass(frozen=True, slots=True)
class Plan:
    """What to do about pods without an agent, and what to say meanwhile. No phase: nothing stands in the way."""

    phase: Phase | None = None
    message: str = ""
    hint: str = ""
    action: Action | None = None


CLEAR = Plan()


def plan_injection(
    observed: Observed, demanding: Sequence[Placed], policy: Policy, troubled: Mapping[str, float]
) -> Plan:
    """Decide the next step. ``demanding`` are the intercepts that did not already fail for want of an agent;
    ``troubled`` says of each pod whose agent cannot start (by UID) since when."""
    living = observed.living
    if not living:
        return _without_pods(observed)
    late = observed.now - policy.agent_patience
    if broken := [
        pod for pod in living if pod.agent_trouble and (troubled[pod.uid] <= late or not _has_serving(living, pod))
    ]:
        return _give_up(observed, broken, policy)
    bare = [pod for pod in living if not pod.has_agent]
    if not demanding:
        return CLEAR
    if not bare:
        return _rolling(observed, living) if _is_between_revisions(observed) else CLEAR
    if not observed.template_enabled:
        return _begin(observed, demanding)
    missed = [pod for pod in bare if pod.marked and pod.rolled_at == observed.rolled_at]
    if missed:
        return _missed(observed, missed, policy)
    return _rolling(observed, living)


def _without_pods(observed: Observed) -> Plan:
    assert observed.workload is not None
    if _replicas(observed) == 0:
        return Plan(
            Phase.WAITING,
            f"{observed.key.kind} {observed.key.name} is scaled to 0",
            "the intercept begins when it is scaled up",
        )
    return Plan(Phase.WAITING, f"{observed.key.kind} {observed.key.name} has no pods at the moment", "")


def _has_serving(living: Sequence[PodState], broken: PodState) -> bool:
    """Whether another pod of the same template has its agent and serves. Then it may be a node or a registry that is at
    fault, for a time: to replace all pods for that would end what goes well."""
    return any(pod.has_agent and pod.ready and pod.revision == broken.revision for pod in living)


def _give_up(observed: Observed, broken: Sequence[PodState], policy: Policy) -> Plan:
    # Only what we rolled do we roll back: a template that its owner marked is the owner's.
    action = RollBack(tuple(broken)) if observed.rolled_at else None
    return Plan(
        Phase.AGENT_ERROR,
        f"the traffic agent cannot start in pod {broken[0].name}: {broken[0].agent_trouble}",
        f"check that the cluster can pull {policy.agent_image} (chart value agent.image)",
        action,
    )


def _begin(observed: Observed, demanding: Sequence[Placed]) -> Plan:
    asking = frozenset(one.uid for one in demanding)
    subject = f"{observed.key.kind} {observed.key.name}"
    rehearsal = observed.memory.rehearsal
    if rehearsal is None or not asking <= rehearsal.intercepts:
        return Plan(Phase.WAITING, f"checking that {subject} may have a traffic agent", "", Rehearse(asking))
    if rehearsal.refusal:
        return Plan(Phase.AGENT_ERROR, f"{subject} may not have a traffic agent: {rehearsal.refusal}", rehearsal.hint)
    if obstacle := _obstacle(observed) or _interruption(observed):
        return obstacle
    return Plan(
        Phase.WAITING,
        f"rolling {subject}, so that its pods start with the agent{_gap(observed)}",
        "",
        Roll(enable=True),
    )


def _missed(observed: Observed, missed: Sequence[PodState], policy: Policy) -> Plan:
    if not observed.memory.rolled:
        if _interruption(observed):
            return Plan(
                Phase.AGENT_ERROR,
                f"pod {missed[0].name} started without an agent, and to replace it would interrupt"
                f" {observed.key.kind} {observed.key.name} (strategy Recreate)",
                f"who may interrupt it: kubectl rollout restart deployment/{observed.key.name}"
                f" -n {observed.key.namespace}; if that does not help, the API server cannot reach the injector",
            )
        action = Roll(enable=False, again=True)
        return Plan(Phase.WAITING, f"pod {missed[0].name} started without an agent; rolling once more", "", action)
    if observed.rolled_at not in observed.memory.rolled:
        return Plan(Phase.WAITING, f"pod {missed[0].name} started without an agent; rolling once more", "")
    return Plan(
        Phase.AGENT_ERROR,
        f"pods of {observed.key.kind} {observed.key.name} start without an agent, now {missed[0].name}",
        "the API server cannot reach the injector: check MutatingWebhookConfiguration"
        f" telelens-manager-{policy.manager_namespace} and the network between API server and manager (port 9443)",
        RollBack(()),
    )


def _rolling(observed: Observed, living: Sequence[PodState]) -> Plan:
    if obstacle := _obstacle(observed):
        return obstacle
    injected = sum(pod.has_agent for pod in living)
    wanted = max(len(living), _replicas(observed))
    subject = f"{observed.key.kind} {observed.key.name}"
    troubles = ((pod.name, pod.agent_trouble or pod.trouble) for pod in living if pod.has_agent)
    trouble = next((f"pod {name}: {trouble}" for name, trouble in troubles if trouble), "")
    message = f"rolling {subject}: {injected} of {wanted} pods have the agent{_gap(observed)}"
    return Plan(Phase.WAITING, message + (f"; {trouble}" if trouble else ""), "")


def _gap(observed: Observed) -> str:
    """Said where nobody answers while the pods are replaced: a StatefulSet takes the old one away first."""
    alone = observed.key.kind == "StatefulSet" and _replicas(observed) <= 1
    return "; it has one replica, which is away meanwhile" if alone else ""


def _replicas(observed: Observed) -> int:
    count = ((observed.workload or {}).get("spec") or {}).get("replicas")
    return 1 if count is None else int(count)


def _is_between_revisions(observed: Observed) -> bool:
    """A StatefulSet takes a pod away before it makes the next: at that moment those that are left all have agents."""
    workload = observed.workload or {}
    status = workload.get("status") or {}
    return (
        observed.key.kind == "StatefulSet"
        and ((workload.get("spec") or {}).get("updateStrategy") or {}).get("type") != "OnDelete"
        and status.get("currentRevision") != status.get("updateRevision")
        and len(observed.living) < _replicas(observed)
    )


def _obstacle(observed: Observed) -> Plan | None:
    """Why a changed template would not make new pods."""
    spec = (observed.workload or {}).get("spec") or {}
    subject = f"{observed.key.kind} {observed.key.name}"
    if spec.get("paused"):
        return Plan(
            Phase.AGENT_ERROR,
            f"{subject} is paused: its pods cannot be replaced by ones with an agent",
            f"kubectl rollout resume deployment/{observed.key.name} -n {observed.key.namespace}",
        )
    strategy = spec.get("updateStrategy") or {}
    if partition := (strategy.get("rollingUpdate") or {}).get("partition"):
        return Plan(
            Phase.AGENT_ERROR,
            f"{subject} keeps its pods below ordinal {partition} as they are (rollingUpdate.partition)",
            "set the partition to 0 while you intercept",
        )
    if strategy.get("type") == "OnDelete":
        bare = next((pod.name for pod in observed.living if not pod.has_agent), "")
        return Plan(
            Phase.WAITING,
            f"{subject} replaces its pods only when they are deleted (updateStrategy OnDelete)",
            f"delete its pods, one after the other: kubectl delete pod {bare} -n {observed.key.namespace}",
            None if observed.template_enabled else Roll(enable=True),
        )
    return None


def _interruption(observed: Observed) -> Plan | None:
    """Why to roll it would take it down."""
    spec = (observed.workload or {}).get("spec") or {}
    if (spec.get("strategy") or {}).get("type") != "Recreate":
        return None
    subject = f"{observed.key.kind} {observed.key.name}"
    return Plan(
        Phase.AGENT_ERROR,
        f"{subject} ends all of its pods before it makes new ones (strategy Recreate): to give it the agent now would"
        " interrupt it",
        f"who may interrupt it sets the annotation {INJECT_ANNOTATION}: {INJECT_ENABLED} in its pod template, once",
    )


def rehearsal_refused(intercepts: frozenset[str], message: str) -> Rehearsal:
    """The API server's refusal in words that help."""
    hint = "the namespace's administrator can change the rule that the message names"
    if "PodSecurity" in message or "NET_ADMIN" in message:
        hint = (
            "the pod's init container needs the capability NET_ADMIN, which this namespace refuses: label it"
            " pod-security.kubernetes.io/enforce=privileged, or intercept in another namespace"
        )
    elif "must specify" in message:
        hint = (
            "the ResourceQuota wants every container to say them: set them for the agent (chart value agent.resources)"
        )
    elif "quota" in message:
        hint = "raise the ResourceQuota, or give the agent smaller requests (chart value agent.resources)"
    return Rehearsal(intercepts, refusal=message, hint=hint)
