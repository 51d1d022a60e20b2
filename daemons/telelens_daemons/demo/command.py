"""``telelens demo``."""

from __future__ import annotations

import asyncio
import os
import signal

from telelens_schemas.wire.daemon_pb2 import StatusRequest

from telelens_daemons.cli.daemon_client import DaemonClient
from telelens_daemons.cli.options import GlobalOptions
from telelens_daemons.cli.output import Output
from telelens_daemons.cli.starting import is_running
from telelens_daemons.connection.access import access_of
from telelens_daemons.demo.application import MANAGER_ANNOTATION, Application
from telelens_daemons.demo.cluster import DemoCluster, find_cluster
from telelens_daemons.demo.daemon import daemon
from telelens_daemons.demo.manager import Manager
from telelens_daemons.demo.proof import show
from telelens_daemons.demo.samples import SPECIFICATION, namespace_of, samples
from telelens_daemons.demo.steps import Steps
from telelens_daemons.errors import first_user_error
from telelens_daemons.kube.client import KubeClient
from telelens_daemons.places import Places
from telelens_daemons.version import version


def demo(*, options: GlobalOptions, keep: bool) -> int:
    """Show an intercept from beginning to end; 0 only if each step showed what it must."""
    steps = Steps(Output(options))
    with steps.step("cluster") as step:
        cluster = find_cluster(options)
        step.shows = cluster.options.kubectl.context or cluster.options.kubectl.kubeconfig or "the current context"
    if cluster.helm is not None:
        os.environ["PATH"] = f"{os.environ.get('PATH', os.defpath)}{os.pathsep}{cluster.helm.parent}"
    try:
        asyncio.run(_interruptible(cluster, steps, keep=keep))
    finally:
        steps.output.data(steps.to_object())
    steps.output.line(f"{steps.seconds:7.2f} s  in all")
    return 0


async def _interruptible(cluster: DemoCluster, steps: Steps, *, keep: bool) -> None:
    """SIGTERM undoes as Ctrl-C does."""
    task = asyncio.current_task()
    assert task is not None
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, task.cancel)
    try:
        await _demo(cluster, steps, keep=keep)
    except asyncio.CancelledError as error:
        raise KeyboardInterrupt from error


async def _demo(cluster: DemoCluster, steps: Steps, *, keep: bool) -> None:
    folder = samples()
    connect = cluster.options.connect
    agent = f"telelens-demo/{version()}"
    async with KubeClient(access_of(connect), environment=dict(connect.environment), user_agent=agent) as client:
        application = Application(client, samples=folder, namespace=namespace_of(folder))
        made: list[Application | Manager] = []
        try:
            async with daemon() as places:
                await _prepare(application, Manager(client, cluster.options), steps, made)
                await show(application, places, cluster, steps, folder)
        except BaseException:
            await _undo(steps, made)
            raise
        if keep:
            _say_what_next(cluster, steps, application.namespace)
        else:
            await _undo(steps, made)


async def _prepare(application: Application, manager: Manager, steps: Steps, made: list[Application | Manager]) -> None:
    """Application and manager, side by side; ``made`` gets what is to be undone."""
    kept = await application.kept()
    made.append(application)
    if kept is None:
        await application.create_namespace()
    elif MANAGER_ANNOTATION in (kept["metadata"].get("annotations") or {}):
        manager.was_kept = True
        made.append(manager)
    try:
        async with asyncio.TaskGroup() as group:
            group.create_task(_manager(application, manager, steps, made), name="manager")
            group.create_task(_application(application, steps), name="application")
    except BaseExceptionGroup as group:
        raise first_user_error(group) from group


async def _manager(application: Application, manager: Manager, steps: Steps, made: list[Application | Manager]) -> None:
    with steps.step("traffic manager") as step:
        if await manager.is_there():
            step.shows = "is there"
            return
        made.append(manager)
        await application.note_manager_installed()
        await manager.install()
        step.shows = "installed by helm"


async def _application(application: Application, steps: Steps) -> None:
    with steps.step("sample application") as step:
        await application.deploy()
        step.shows = f"shop and echo are ready in namespace {application.namespace}"


async def _undo(steps: Steps, made: list[Application | Manager]) -> None:
    if not made:
        return
    parts = list(dict.fromkeys(made))
    with steps.step("undone") as step:
        # Ours have disconnected: whoever still is connected is somebody else, or the user's own daemon.
        used = [part for part in parts if isinstance(part, Manager) and await part.is_used()]
        removed = [part for part in parts if part not in used]
        await asyncio.gather(*(part.remove() for part in removed))
        names = ("the traffic manager" if isinstance(part, Manager) else "the sample application" for part in removed)
        rest = "the traffic manager stays, as somebody is connected to it" if used else "nothing is left"
        step.shows = f"{' and '.join(names)} removed; {rest}"


def _say_what_next(cluster: DemoCluster, steps: Steps, namespace: str) -> None:
    flags = cluster.options.kubectl
    where = f"export KUBECONFIG={flags.kubeconfig}" if flags.kubeconfig else ""
    context = f" --context {flags.context}" if flags.context else ""
    for line in (
        "",
        "The application is still there; the demo's own daemon is not. Try with yours:",
        *([f"    {where}"] if where else []),
        *_quit_first(cluster, namespace),
        f"    cd {samples()}",
        f"    telelens intercept run {SPECIFICATION}{context}      # Ctrl-C ends it",
        f"    kubectl{context} -n {namespace} port-forward service/shop 8000:80 &",
        "    curl 'localhost:8000/?customer=Ada'                  # the pod",
        "    curl -H 'x-user: ada' 'localhost:8000/?customer=Ada' # yours",
        f"    telelens list{context} -n {namespace}",
        f"    telelens demo{context}      # shows it again and removes everything",
    ):
        steps.output.line(line)


def _quit_first(cluster: DemoCluster, namespace: str) -> list[str]:
    """The user's own daemon has one connection; the sample's specification needs it to be this one."""
    if not is_running(Places.of(os.environ)):
        return []
    with DaemonClient.open(start=False) as client, client.errors():
        info = client.stub.Status(StatusRequest()).connection
    here = (access_of(cluster.options.connect).server, namespace)
    if not info.session_uid or (info.server, info.namespace) == here:
        return []
    return [f"    telelens quit      # yours is connected to {info.context or info.server}, namespace {info.namespace}"]
