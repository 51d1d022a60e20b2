"""The buttons above specifications, their intercepts, and workloads in manifests."""

from __future__ import annotations

import pytest
from unit.server.features.editor import Editor
from unit.server.in_process import URI, InProcess
from unit.waiting import until

MANIFEST = "file:///shop/web.yaml"
KINDS = ["Deployment", "StatefulSet", "ReplicaSet", "DaemonSet", "Job", "CronJob", "Rollout", "Pod"]
TEXT = """\
# A shop.
connection: {namespace: shop}
workloads:
  - name: web
    intercepts:
      - port: http
      - name: second
        port: 81
        service: web-admin
  - name: far
    namespace: elsewhere
    intercepts: [{}]
"""


async def titles(editor: Editor) -> list[tuple[int, str]]:
    """The lenses' lines and titles."""
    found = await editor.ask("codeLens")
    return [(one["range"]["start"]["line"], one["command"]["title"]) for one in found]


@pytest.mark.parametrize("kind", KINDS)
async def test_each_kind_of_workload_in_a_manifest_has_two(kind: str) -> None:
    text = f"kind: Service\nmetadata: {{name: web}}\n---\nkind: {kind}\nmetadata:\n  name: web\n  namespace: shop\n"
    editor = await Editor.opened(text, uri=MANIFEST)
    argument = {"uri": MANIFEST, "kind": kind, "name": "web", "namespace": "shop", "occurrence": 0}
    assert [one["command"] for one in await editor.ask("codeLens")] == [
        {"title": "Intercept & Debug", "command": "telelens.interceptAndDebug", "arguments": [argument]},
        {"title": "Intercept", "command": "telelens.intercept", "arguments": [argument]},
    ]
    assert {line for line, _ in await titles(editor)} == {3}
    assert editor.server.published(MANIFEST) is None


def place(specification: int, workload: int, intercept: int) -> dict[str, int]:
    """Where an intercept stands."""
    return {"specification": specification, "workload": workload, "intercept": intercept}


async def meant(text: str) -> list[tuple[int, str, str | None]]:
    """Line, name and namespace of each workload that has a button."""
    found = await (await Editor.opened(text, uri=MANIFEST)).ask("codeLens")
    arguments = [(one["range"]["start"]["line"], one["command"]["arguments"][0]) for one in found]
    return [(line, argument["name"], argument.get("namespace")) for line, argument in arguments[::2]]


@pytest.mark.parametrize(
    "metadata",
    [
        "{name: web, namespace: shop}",
        "{labels: {name: other, app: [a, b]}, 'namespace':\"shop\", 'name':'web'}  # ours",
        "{\n  labels: {name: other},\n  name: web,\n  namespace: shop\n}",
    ],
)
async def test_brackets_around_the_metadata_make_no_difference(metadata: str) -> None:
    assert await meant(f"kind: Deployment\nmetadata: {metadata}\nspec: {{}}\n") == [(0, "web", "shop")]


@pytest.mark.parametrize("metadata", ["{}", "{name:web}", "{labels: {name: web}}", "{name: {{ .x }}}", "{name: web"])
async def test_what_has_no_name_within_brackets_has_none(metadata: str) -> None:
    assert await meant(f"kind: Deployment\nmetadata: {metadata}\n") == []


LIST = """\
apiVersion: v1
items:  # as kubectl writes them
# first
{0}- apiVersion: apps/v1
{0}  kind: Deployment
{0}  metadata:
{0}    labels: {{name: other}}
{0}    name: web
{0}    namespace: shop
{0}  spec:
{0}    template:
{0}      metadata:
{0}        name: other
{0}- kind: Service
{0}  metadata: {{name: web}}
{0}- kind: HorizontalPodAutoscaler
{0}  metadata: {{name: web}}
{0}  spec:
{0}    scaleTargetRef:
{0}      kind: Deployment
{0}      name: web
{0}-
{0}  metadata: {{name: far}}
{0}  kind: Pod
kind: List
metadata:
  name: none
"""


@pytest.mark.parametrize("indent", ["", "  "])
@pytest.mark.parametrize("end", ["\n", "\r\n"])
async def test_items_of_a_list_have_theirs(indent: str, end: str) -> None:
    text = LIST.format(indent).replace("\n", end)
    assert await meant(text) == [(4, "web", "shop"), (23, "far", None)]
    assert await meant(f"kind: Pod\nmetadata: {{name: first}}\n---\n{text}") == [
        (0, "first", None),
        (7, "web", "shop"),
        (26, "far", None),
    ]


@pytest.mark.parametrize(
    "text",
    [
        "kind: Service\nmetadata:\n  name: web\n",
        "kind: Deployment\n",
        "kind: [\n",
        "a: 1\n",
        "kind: List\n",
        "kind: List\nitems: 3\n",
        "kind: List\nitems:\n",
        "kind: List\nitems:\n-\n- \n-",
        "kind: ConfigMapList\nitems:\n- kind: Pod\n  metadata: {name: x}\n",
        "kind: ConfigMap\nitems:\n- kind: Pod\n  metadata: {name: x}\n",
    ],
)
async def test_nothing_else_has_any(text: str) -> None:
    assert await titles(await Editor.opened(text, uri=MANIFEST)) == []


async def test_a_specification_has_three_and_each_intercept_one() -> None:
    editor = await Editor.opened(TEXT)
    assert await titles(editor) == [
        (1, "Run"),
        (1, "Debug"),
        (1, "Stop"),
        (5, "Intercept & Debug"),
        (6, "Intercept & Debug"),
        (11, "Intercept & Debug"),
    ]
    arguments = [one["command"]["arguments"] for one in await editor.ask("codeLens")][3:]
    shop, far = {"name": "web", "namespace": "shop"}, {"name": "far", "namespace": "elsewhere"}
    assert arguments == [
        [{"uri": URI, "intercept": "web", "workload": shop, "port": "http", "place": place(0, 0, 0)}],
        [
            {
                "uri": URI,
                "intercept": "second",
                "workload": shop,
                "port": "81",
                "service": "web-admin",
                "place": place(0, 0, 1),
            }
        ],
        [{"uri": URI, "intercept": "far", "workload": far, "place": place(0, 1, 0)}],
    ]


CONNECTIONS = """\
connections:
  - {name: near, namespace: shop}
  - {name: far, context: away}
workloads:
  - {name: near/web, intercepts: [{port: http}]}
  - {name: far/web, intercepts: [{}]}
  - {name: far/web, namespace: stage, intercepts: [{name: staged}]}
"""


async def test_of_several_connections_a_workload_keeps_its_prefix_and_has_the_namespace_of_its_own() -> None:
    found = await (await Editor.opened(CONNECTIONS)).ask("codeLens")
    arguments = [one["command"]["arguments"][0] for one in found if one["command"]["title"] == "Intercept & Debug"]
    assert [argument.pop("place")["workload"] for argument in arguments] == [0, 1, 2]
    assert arguments == [
        {"uri": URI, "intercept": "near/web", "workload": {"name": "near/web", "namespace": "shop"}, "port": "http"},
        {"uri": URI, "intercept": "far/web", "workload": {"name": "far/web"}},
        {"uri": URI, "intercept": "staged", "workload": {"name": "far/web", "namespace": "stage"}},
    ]


async def test_each_specification_of_a_file_and_each_manifest_beside_it_has_its_own() -> None:
    manifest = "kind: Deployment\nmetadata: {}\n"
    assert await titles(await Editor.opened(f"{TEXT}---\n{manifest}")) == await titles(await Editor.opened(TEXT))
    manifest = "kind: Deployment\nmetadata:\n  name: web\n"
    found = await titles(await Editor.opened(f"{TEXT}---\n{manifest}---\n{TEXT}"))
    assert [title for _, title in found].count("Stop") == 2
    assert (13, "Intercept") in found


async def test_intercepts_of_one_name_in_several_specifications_are_told_apart() -> None:
    manifest = "kind: Deployment\nmetadata:\n  name: web\n"
    found = await (await Editor.opened(f"{TEXT}---\n{manifest}---\n{TEXT}")).ask("codeLens")
    arguments = [one["command"]["arguments"][0] for one in found if one["command"]["title"] == "Intercept & Debug"]
    assert [argument["place"] for argument in arguments if "place" in argument] == [
        place(specification, *inner) for specification in (0, 1) for inner in ((0, 0), (0, 1), (1, 0))
    ]


async def test_manifests_of_one_name_are_told_apart() -> None:
    manifest = "kind: Deployment\nmetadata: {name: web, namespace: %s}\n"
    text = "---\n".join(manifest % namespace for namespace in ("dev", "staging", "dev"))
    found = await (await Editor.opened(text, uri=MANIFEST)).ask("codeLens")
    arguments = [one["command"]["arguments"][0] for one in found[::2]]
    assert [(one["namespace"], one["occurrence"]) for one in arguments] == [("dev", 0), ("staging", 0), ("dev", 1)]


async def test_each_button_leads_to_its_own_target() -> None:
    """As the extension asks for it."""
    user = "{{ .Telepresence.Username }}"
    one = 'workloads: [{name: "%s", intercepts: [{name: "%s", port: %s}]}]\nhandlers: []\n'
    every = [("web", "web", "http"), ("web", "web", "admin"), ("web", f"web-{user}", "grpc"), (user, user, "metrics")]
    editor = await Editor.opened("---\n".join(one % written for written in every))
    found = await editor.ask("codeLens")
    arguments = [one["command"]["arguments"][0] for one in found if one["command"]["title"] == "Intercept & Debug"]
    services = []
    for argument in arguments:
        asked = {"uri": URI, "name": argument["workload"]["name"], "intercept": argument["intercept"]}
        target = await editor.server.ask("telelens/debugTarget", {**asked, "place": argument["place"]})
        services.append(target["ports"][0]["service"])
    assert services == ["http", "admin", "grpc", "metrics"]


async def test_of_a_file_with_several_none_is_offered_to_be_run() -> None:
    found = [title for _, title in await titles(await Editor.opened(f"{TEXT}---\n{TEXT}"))]
    assert "Run" not in found
    assert found.count("This version cannot run: 2 specifications in one file") == 2


CONTAINER = """\
handlers:
  - name: here
    script: {run: x}
  - name: there
    docker: {image: x}
workloads:
  - name: web
    intercepts:
      - handler: there
"""


async def test_what_this_version_cannot_run_has_no_button_that_would_only_say_so() -> None:
    stop, intercept = (0, "Stop"), (8, "Intercept & Debug")
    editor = await Editor.opened(CONTAINER)
    assert await titles(editor) == [stop, (0, "This version cannot run: docker (line 5)"), intercept]
    editor.change(CONTAINER.replace("handler: there", "handler: here"))
    assert await titles(editor) == [(0, "Run"), (0, "Debug"), stop, intercept]
    editor.change(f"prerequisites: [{{create: here}}]\n{CONTAINER}")
    assert (0, "This version cannot run: prerequisites (line 1) and docker (line 6)") in await titles(editor)


async def test_what_is_only_ignored_is_run() -> None:
    assert (0, "Run") in await titles(await Editor.opened(f"connection: {{alsoProxy: [10.0.0.0/8]}}\n{TEXT[9:]}"))


async def templated(value: str, *, trusted: bool) -> Editor:
    """Whose intercept replaces the container if that is what ``value`` writes."""
    options = {"processId": None, "rootUri": None, "initializationOptions": {"trusted": trusted}}
    server = InProcess()
    await server.ask("initialize", {**options, "capabilities": {"workspace": {"codeLens": {"refreshSupport": True}}}})
    return await Editor.opened(f"workloads: [{{name: web, intercepts: [{{replace: {value}}}]}}]\n", server=server)


@pytest.mark.parametrize(("value", "title"), [("true", "This version cannot run: replace (line 1)"), ("false", "Run")])
async def test_of_templates_that_which_they_write_counts_once_they_may_be_expanded(value: str, title: str) -> None:
    action = f"{{{{ print {value} }}}}"
    assert (0, title) in await titles(await templated(action, trusted=True))
    editor = await templated(action, trusted=False)
    assert (await titles(editor))[0] == (0, "Run")


def asked_again(editor: Editor) -> bool:
    return any(one.get("method") == "workspace/codeLens/refresh" for one in editor.server.written)


async def test_buttons_are_looked_at_again_when_trust_says_what_a_template_writes() -> None:
    editor = await templated("{{ print true }}", trusted=False)
    assert (0, "Run") in await titles(editor)
    editor.server.say("telelens/trust", {"trusted": True})
    await until(lambda: asked_again(editor))
    assert (0, "Run") not in await titles(editor)
