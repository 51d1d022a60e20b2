"""What an intercept costs: ``make bench-intercept``. Prints tables and the bars; the last line is all of it as JSON.

One run measures everything: direct to the Service, the agent there and idle, a TCP intercept, an HTTP intercept for
requests that match and for those that do not, ``kubectl port-forward``, the intercepts again with a route to the
pods, and the TCP intercept with the API server 20 ms away. The requester is a pod; the desk sits in a workstation
namespace that reaches the API server alone, and for the rows with a route on the node itself.

The machine is shared, and some hours are half as fast as others: a twin of the application that nobody intercepts is
asked by turns with every way to it, and is what ratios are to.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
import tomllib
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path

from tests.bench import bulk, resident, wrk
from tests.bench.bars import Measured, bars
from tests.bench.place import HERE, NAMESPACE, Desk, Place, bench_place, timed

CONCURRENCY = (1, 32, 128)
SECONDS = float(os.environ.get("BENCH_SECONDS", "2"))
ROUNDS = 3
"""Of which the median counts."""
TWIN = "direct"
DESK, POD = "desk", "pod"
"""Who answers."""
BODY = 200 * 2**20


@dataclass
class Row:
    """One way from the requester to a program."""

    name: str
    loads: list[wrk.Load] = field(default_factory=list)
    direct: list[wrk.Load] = field(default_factory=list)
    """The twin's, by turns with them."""
    down: float = 0.0
    up: float = 0.0

    @property
    def rates(self) -> list[float]:
        """Requests per second as parts of the direct ones."""
        return [load.rate / direct.rate for load, direct in zip(self.loads, self.direct, strict=True)]

    @property
    def bulk(self) -> dict[str, float]:
        """MB/s by direction."""
        return {"down": self.down, "up": self.up}


@dataclass
class Report:
    """Everything that one run measured."""

    rows: list[Row] = field(default_factory=list)
    seconds: dict[str, float] = field(default_factory=dict)
    resident: dict[str, float] = field(default_factory=dict)


def _say(text: str) -> None:
    print(f"bench: {text}", file=sys.stderr, flush=True)


@dataclass(frozen=True)
class Bench:
    """Where it is measured, and what has been so far."""

    place: Place
    report: Report
    service: str
    """The application's address."""
    twin: str
    """Its twin's."""

    def measure(
        self, name: str, *, by: str, host: str = "", ports: tuple[int, int] = (80, 81), inside: Sequence[str] = ()
    ) -> None:
        """Requests and bytes, to the Service unless said otherwise; ``by`` says who must answer them."""
        host, inside = host or self.service, inside or self.place.caller()
        self._requests(name, f"http://{host}:{ports[0]}/", inside, by)
        row = self.report.rows[-1]
        _say(f"{name}: {BODY >> 20} MiB down and up")
        row.down, row.up = (
            max(
                bulk.megabytes_per_second(host, ports[1], direction=direction, size=BODY, inside=inside)
                for _ in range(2)
            )
            for direction in ("down", "up")
        )

    def measure_requests(self, name: str, *, by: str, person: str) -> None:
        """Requests of somebody alone: what an HTTP intercept judges."""
        self._requests(name, f"http://{self.service}:80/", self.place.caller(), by, f"x-dev: {person}")

    def _requests(self, name: str, url: str, inside: Sequence[str], by: str, header: str = "") -> None:
        _say(f"{name}: {ROUNDS} x {SECONDS:.0f} s at each of {CONCURRENCY} connections, as long directly")
        wrk.measure(url, inside=inside, concurrency=8, seconds=1, header=header)
        self._check(name, url, inside, by, header)
        both = [self._load(url, inside, connections, header) for connections in CONCURRENCY]
        self._check(name, url, inside, by, header)
        self.report.rows.append(Row(name, [load for load, _ in both], [direct for _, direct in both]))

    def _check(self, name: str, url: str, inside: Sequence[str], by: str, header: str) -> None:
        """Else something would be measured that it is not called."""
        if (found := wrk.answered_by(url, inside=inside, header=header)) != by:
            raise SystemExit(f"bench: {name}: answered by {found or 'nobody'}, not by the {by}")

    def _load(self, url: str, inside: Sequence[str], connections: int, header: str) -> tuple[wrk.Load, wrk.Load]:
        rounds = [
            (
                wrk.measure(url, inside=inside, concurrency=connections, seconds=SECONDS, header=header),
                wrk.measure(
                    f"http://{self.twin}:80/", inside=self.place.caller(), concurrency=connections, seconds=SECONDS
                ),
            )
            for _ in range(ROUNDS)
        ]
        load, direct = (sorted(loads, key=lambda one: one.rate)[ROUNDS // 2] for loads in zip(*rounds, strict=True))
        return load, direct


def _deploy(place: Place) -> tuple[str, str]:
    """The addresses of the application and of its twin."""
    files = [f"--from-file={HERE / name}" for name in ("haproxy.cfg", "server.py")]
    place.kubectl("create", "configmap", "bench", *files)
    application = (HERE / "application.yaml").read_text()
    both = [application.replace("APPLICATION", name) for name in ("bench", TWIN)]
    manifests = "---\n".join([*both, (HERE / "caller.yaml").read_text()])
    image = f"localhost/telelens-sample:{_version()}"
    place.kubectl("apply", "-f", "-", stdin=manifests.replace("SAMPLE_IMAGE", image))
    for name in ("bench", TWIN):
        place.kubectl("rollout", "status", f"deployment/{name}", "--timeout=60s")
    place.kubectl("wait", "pod/caller", "--for=condition=Ready", "--timeout=60s")
    service, twin = (place.get("service", name)["spec"]["clusterIP"] for name in ("bench", TWIN))
    return service, twin


def _version() -> str:
    project = tomllib.loads(Path("pyproject.toml").read_text())["project"]
    return str(project["version"])


@contextmanager
def _handlers(desk: Desk) -> Iterator[None]:
    with (
        desk.serving("haproxy", "-db", "-f", str(HERE / "haproxy.cfg"), BENCH_BIND="127.0.0.1:9080", BENCH_WHO=DESK),
        desk.serving(sys.executable, str(HERE / "server.py"), "9081"),
    ):
        yield


def _intercept(desk: Desk) -> float:
    return timed(lambda: desk.telelens("intercept", "bench", "-p", "9080:http"))


def _intercept_bulk(desk: Desk) -> None:
    desk.telelens("intercept", "bulk", "--workload", "bench", "-p", "9081:bulk")


def _memory(place: Place, desk: Desk, report: Report, moment: str) -> None:
    pod = place.get("pod", "-l", "app=bench", "--field-selector=status.phase=Running")["items"][-1]
    report.resident[f"agent container, {moment}"] = resident.of_container(pod, "telelens-agent")
    status = json.loads(desk.telelens("status", "--format", "json"))
    report.resident[f"user daemon, {moment}"] = resident.of_process(int(status["userDaemon"]["pid"]))
    manager = place.get("pod", "-n", "telelens", "-l", "app.kubernetes.io/name=telelens-manager")["items"][-1]
    report.resident[f"traffic manager, {moment}"] = resident.of_container(manager, "manager")


def run(place: Place) -> Report:
    """Measure everything; the manager is installed for it when it is not there."""
    report = Report()
    admin = place.desk(place.status["kubeconfig"])
    installed = admin.run("helm", "list", "-n", "telelens", "-q").stdout.strip()
    if not installed:
        admin.telelens("helm", "install")
    try:
        _run_installed(place, report, admin)
    finally:
        admin.run("telelens", "quit", "-s", check=False)
        if not installed:
            admin.telelens("helm", "uninstall")
    return report


def _run_installed(place: Place, report: Report, desk: Desk) -> None:
    bench = Bench(place, report, *_deploy(place))
    bench.measure("direct to the Service", by=POD)
    _roll(place, "enabled")
    bench.measure("agent there, idle", by=POD)
    with _handlers(desk):
        report.seconds["connect, daemon not running"] = timed(lambda: desk.telelens("connect", "-n", NAMESPACE))
        desk.telelens("quit")
        report.seconds["connect, daemon running"] = timed(lambda: desk.telelens("connect", "-n", NAMESPACE))
        _memory(place, desk, report, "idle")
        again = []
        for _ in range(5):
            again.append(_intercept(desk))
            desk.telelens("leave", "bench")
        report.seconds["ACTIVE, agent there (median of 5)"] = sorted(again)[2]
        _intercept(desk)
        _intercept_bulk(desk)
        bench.measure("TCP intercept", by=DESK)
        _memory(place, desk, report, "after load")
        desk.telelens("leave", "bench")
        desk.telelens("intercept", "bench", "-p", "9080:http", "--http-header", "x-dev=ada")
        bench.measure_requests("HTTP intercept, matched", by=DESK, person="ada")
        bench.measure_requests("HTTP intercept, unmatched", by=POD, person="grace")
        _memory(place, desk, report, "after HTTP")
        desk.telelens("quit", "-s")
    _port_forward(bench, desk)
    _routed(bench)
    _distant(bench)
    _roll(place, None)
    with _handlers(desk):
        desk.telelens("connect", "-n", NAMESPACE)
        report.seconds["ACTIVE, agent not there"] = _intercept(desk)


def _routed(bench: Bench) -> None:
    """The intercepts again from a desk with a route to the pods, as behind a VPN: tunnels go straight to the agent."""
    desk = replace(bench.place.desk(bench.place.status["kubeconfig"]), network=())
    with _handlers(desk):
        desk.telelens("connect", "-n", NAMESPACE)
        _intercept(desk)
        _intercept_bulk(desk)
        status = json.loads(desk.telelens("status", "--format", "json"))
        transports = {pod["transport"] for intercept in status["intercepts"] for pod in intercept["pods"]}
        if transports != {"direct"}:
            raise SystemExit(f"bench: expected direct tunnels from the node, found {transports}")
        bench.measure("TCP intercept, a route to the pods", by=DESK)
        desk.telelens("leave", "bench")
        desk.telelens("intercept", "bench", "-p", "9080:http", "--http-header", "x-dev=ada")
        bench.measure_requests("HTTP intercept, matched, a route to the pods", by=DESK, person="ada")
        desk.telelens("quit", "-s")


def _roll(place: Place, injection: str | None) -> None:
    """Ask for an agent (or for none) without any intercept, and wait for the rollout."""
    annotations = {"telelens.dev/inject-traffic-agent": injection}
    patch = {"spec": {"template": {"metadata": {"annotations": annotations}}}}
    place.kubectl("patch", "deployment", "bench", "-p", json.dumps(patch))
    place.kubectl("rollout", "status", "deployment/bench", "--timeout=120s")


def _port_forward(bench: Bench, desk: Desk) -> None:
    command = ["kubectl", "-n", NAMESPACE, "port-forward", "service/bench", "7080:80", "7081:81"]
    with desk.serving(*command):
        deadline = time.monotonic() + 10
        while desk.run("curl", "-sf", "http://127.0.0.1:7080/", check=False).returncode != 0:
            if time.monotonic() > deadline:
                raise SystemExit("bench: kubectl port-forward does not answer")
        bench.measure("kubectl port-forward", by=POD, host="127.0.0.1", ports=(7080, 7081), inside=desk.network)


def _distant(bench: Bench) -> None:
    """The TCP intercept again, through a relay that adds 10 ms each way in front of the API server."""
    place = bench.place
    far = place.folder / "distant"
    relay = subprocess.Popen(
        [
            sys.executable,
            "-m",
            "localkube",
            "delay",
            "--name",
            place.status["name"],
            "--listen",
            "7443",
            "--milliseconds",
            "20",
            "--out",
            str(far),
        ],
        env=os.environ | {"PYTHONPATH": "tests/cluster"},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        deadline = time.monotonic() + 10
        while not far.exists():
            if time.monotonic() > deadline or relay.poll() is not None:
                raise SystemExit("bench: the delaying relay did not start")
            time.sleep(0.02)
        desk = place.desk(str(far))
        with _handlers(desk):
            desk.telelens("connect", "-n", NAMESPACE)
            _intercept(desk)
            _intercept_bulk(desk)
            bench.measure("TCP intercept, API server 20 ms away", by=DESK)
            desk.telelens("quit", "-s")
    finally:
        relay.terminate()
        relay.wait(10)


def render(report: Report) -> str:
    """The report as Markdown tables, ratios to the twin in brackets."""
    lines = [
        "| | req/s at 1 | at 32 | at 128 | p50 / p99 at 1 | at 32 | at 128 | MB/s down | up |",
        "|---|---:|---:|---:|---:|---:|---:|---:|---:|",
    ]
    for row in report.rows:
        rates = [f"{load.rate:,.0f} ({ratio:.2f})" for load, ratio in zip(row.loads, row.rates, strict=True)]
        times = [f"{a.p50:.2f} / {a.p99:.1f} ms" for a in row.loads]
        bodies = [f"{rate:.0f}" if rate else "" for rate in (row.down, row.up)]
        lines.append(f"| {row.name} | {' | '.join([*rates, *times, *bodies])} |")
    lines += ["", "| | seconds |", "|---|---:|"]
    lines += [f"| {name} | {value:.2f} |" for name, value in report.seconds.items()]
    lines += ["", "| resident | MiB |", "|---|---:|"]
    lines += [f"| {name} | {value:.0f} |" for name, value in report.resident.items()]
    lines += ["", "| bar | | found | |", "|---|---:|---:|---|"]
    lone = [row.loads[0].p50 / row.direct[0].p50 for row in report.rows]
    rows = {row.name: Measured(row.rates, times, row.bulk) for row, times in zip(report.rows, lone, strict=True)}
    for bar in bars(rows, CONCURRENCY, report.seconds, report.resident):
        limit = f"{'≥' if bar.at_least else '≤'} {bar.limit:g}"
        lines.append(f"| {bar.what} | {limit} | {bar.found:.2f} | {'met' if bar.holds else '**missed**'} |")
    errors = sum(load.errors for row in report.rows for load in row.loads)
    return "\n".join([*lines, "", f"failed requests: {errors}"])


def main() -> None:
    """Measure, print."""
    with bench_place() as place:
        report = run(place)
    print(render(report))
    print(json.dumps(asdict(report)))


if __name__ == "__main__":
    main()
