"""What is wrong with a specification and must be said, each by its name: code, place, words, other places, and fix."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pytest
from telelens_schemas.specification import Code
from unit.server.features.editor import Editor
from unit.server.in_process import URI, InProcess
from unit.waiting import until

CONNECTIONS = "connections: [{name: alpha}, {name: beta}]\n"
ECHO = "handlers:\n- name: echo\n  script: {run: x}\n"
WORKLOAD = "workloads:\n- name: web\n  intercepts:\n  - handler: echo\n    port: 80\n"
SECOND = "  - name: other\n    handler: echo\n    port: 81\n    localPort: 8081\n"
VALID = ECHO + WORKLOAD
HEADERS = "    headers: [{name: x-user, value: ada}]\n"
CRD = "apiVersion: getambassador.io/v1alpha4\nkind: InterceptSpecification\nmetadata: {name: demo}\nspec:\n"
COMPOSE = (
    "handlers:\n- name: echo\n  docker:\n    compose:\n      spec: {services: {web: {image: x}}}\n"
    "      services:\n      - {name: web, behavior: interceptHandler, connection: alpha}\n"
)


def in_crd(text: str, version: str = "v1alpha4") -> str:
    """The form of a Kubernetes object."""
    return CRD.replace("v1alpha4", version) + "".join(f"  {line}\n" for line in text.splitlines())


@dataclass(frozen=True, kw_only=True)
class Wrong:
    """One thing that is wrong, alone in its text."""

    text: str
    code: Code
    where: str
    """What is underlined."""
    said: str
    others: tuple[str, ...] = ()
    """What stands at the related places."""
    fix: str = ""
    """The title of the first fix; the text after it has nothing of the kind any more."""
    mended: str = ""
    """The text after the fix, where it may be told."""
    severity: int = 1
    tags: tuple[int, ...] = ()


WRONG = {
    "unknown key": Wrong(
        text=VALID.replace("port:", "prot:"),
        code=Code.UNKNOWN_KEY,
        where="prot",
        said='did you mean "port"?',
        fix="Change to port",
        mended=VALID,
    ),
    "wrong type": Wrong(
        text="name: 8080\n" + VALID,
        code=Code.WRONG_TYPE,
        where="8080",
        said="expected text that is not empty, found a number",
        fix='Change to "8080"',
        mended='name: "8080"\n' + VALID,
    ),
    "bad pattern: a name": Wrong(
        text=VALID.replace("name: web", "name: Web"),
        code=Code.BAD_VALUE,
        where="Web",
        said="is not a workload's name: ([a-z0-9]",
        fix="Change to web",
        mended=VALID,
    ),
    "bad pattern: a name with other signs": Wrong(
        text=VALID.replace("run: x}", "run: x}\n  environment: [{name: a-b, value: x}]"),
        code=Code.BAD_VALUE,
        where="a-b",
        said="is not a variable's name: [a-zA-Z_]",
        fix="Change to a_b",
        mended=VALID.replace("run: x}", "run: x}\n  environment: [{name: a_b, value: x}]"),
    ),
    "bad pattern: a port's name": Wrong(
        text=VALID.replace("port: 80", "port: HTTP"),
        code=Code.BAD_VALUE,
        where="HTTP",
        said="is not a port's number (1–65535) or name",
        fix="Change to http",
        mended=VALID.replace("port: 80", "port: http"),
    ),
    "bad pattern: a path": Wrong(
        text=VALID + "    pathPrefix: api\n",
        code=Code.BAD_VALUE,
        where="api",
        said="does not begin with /",
        fix="Change to /api",
        mended=VALID + "    pathPrefix: /api\n",
    ),
    "wrong type: a word in quotes": Wrong(
        text=VALID + "    enabled: 'true'\n",
        code=Code.WRONG_TYPE,
        where="'true'",
        said="expected true or false, found text",
        fix="Change to true",
        mended=VALID + "    enabled: true\n",
    ),
    "bad pattern: a range": Wrong(
        text=VALID + "    localPort: 65536\n",
        code=Code.BAD_VALUE,
        where="65536",
        said="1–65535",
    ),
    "bad pattern: a choice": Wrong(
        text=VALID.replace("run: x", "run: x, shell: bsh"),
        code=Code.BAD_VALUE,
        where="bsh",
        said="expected bash, zsh or sh",
        fix="Change to bash",
        mended=VALID.replace("run: x", "run: x, shell: bash"),
    ),
    "bad pattern: a regular expression": Wrong(
        text=VALID + HEADERS.replace("ada", "'(ada'"),
        code=Code.BAD_VALUE,
        where="'(ada'",
        said="(",
    ),
    "missing required": Wrong(
        text=VALID + "- intercepts: []\n",
        code=Code.MISSING_KEY,
        where="intercepts",
        said='the workload has no "name"',
        fix='Add "name"',
        mended=VALID + "- name: \n  intercepts: []\n",
    ),
    "missing required: within brackets that have an anchor": Wrong(
        text=VALID + "- &w {intercepts: []}\n",
        code=Code.MISSING_KEY,
        where="intercepts",
        said='the workload has no "name"',
        fix='Add "name"',
        mended=VALID + "- &w {name: , intercepts: []}\n",
    ),
    "exactly one of: a handler": Wrong(
        text=VALID.replace("{run: x}", "{run: x}\n  external: {}"),
        code=Code.EXCLUSIVE_KEYS,
        where="external",
        said='"external" (line 4) excludes "script" (line 3)',
        others=("script",),
        fix='Remove "external"',
        mended=VALID,
    ),
    "exactly one of: docker": Wrong(
        text=VALID.replace("script: {run: x}", "docker:\n    image: x\n    build: {context: .}"),
        code=Code.EXCLUSIVE_KEYS,
        where="build",
        said='"build" (line 5) excludes "image" (line 4)',
        others=("image",),
        fix='Remove "build"',
        mended=VALID.replace("script: {run: x}", "docker:\n    image: x"),
    ),
    "exactly one of: within brackets": Wrong(
        text=VALID.replace("\n  script: {run: x}", "").replace(
            "- name: echo", "- {name: echo, script: {run: x}, external: {}}"
        ),
        code=Code.EXCLUSIVE_KEYS,
        where="external",
        said='"external" (line 2) excludes "script" (line 2)',
        others=("script",),
        fix='Remove "external"',
        mended=VALID.replace("\n  script: {run: x}", "").replace("- name: echo", "- {name: echo, script: {run: x}}"),
    ),
    "exactly one of: connection and connections": Wrong(
        text="connection:\n  context: x\n" + CONNECTIONS + VALID.replace("name: web", "name: alpha/web"),
        code=Code.EXCLUSIVE_KEYS,
        where="connections",
        said='"connections" (line 3) excludes "connection" (line 1)',
        others=("connection",),
        fix='Remove "connections"',
    ),
    "exactly one of: paths": Wrong(
        text=VALID + "    pathPrefix: /a\n    pathEqual: /b\n",
        code=Code.EXCLUSIVE_KEYS,
        where="pathEqual",
        said='"pathEqual" (line 10) excludes "pathPrefix" (line 9)',
        others=("pathPrefix",),
        fix='Remove "pathEqual"',
        mended=VALID + "    pathPrefix: /a\n",
    ),
    "duplicate names: handlers": Wrong(
        text=ECHO + "- name: echo\n" + WORKLOAD,
        code=Code.DUPLICATE_NAME,
        where="echo",
        said='another handler "echo" in line 2',
        others=("echo",),
        fix="Rename to echo-2",
        mended=ECHO + "- name: echo-2\n" + WORKLOAD,
    ),
    "duplicate names: connections": Wrong(
        text=CONNECTIONS.replace("beta", "alpha") + VALID.replace("name: web", "name: alpha/web"),
        code=Code.DUPLICATE_NAME,
        where="alpha",
        said='another connection "alpha" in line 1',
        others=("alpha",),
        fix="Rename to alpha-2",
    ),
    "duplicate names: intercepts": Wrong(
        text=VALID + SECOND.replace("other", "web"),
        code=Code.DUPLICATE_NAME,
        where="web",
        said='another intercept "web"',
        others=("handler: echo\n    port: 80",),
        fix="Rename to web-2",
    ),
    "duplicate names: environment variables": Wrong(
        text=VALID.replace("  script", "  environment: [{name: A, value: x}, {name: A, value: y}]\n  script"),
        code=Code.DUPLICATE_NAME,
        where="A",
        said='another environment variable "A" in line 3',
        others=("A",),
        fix="Rename to A_2",
    ),
    "duplicate names: headers": Wrong(
        text=VALID + HEADERS.replace("}]", "}, {name: X-User, value: eve}]"),
        code=Code.DUPLICATE_NAME,
        where="X-User",
        said='"X-User" stands twice: first in line 9; both must match',
        others=("x-user",),
        fix='Remove this "X-User"',
        mended=VALID + HEADERS,
        severity=2,
    ),
    "duplicate names: published ports": Wrong(
        text=VALID.replace("script: {run: x}", 'docker: {image: x, ports: [80, 81, "80"]}'),
        code=Code.DUPLICATE_NAME,
        where='"80"',
        said="port 80 is published twice: first in line 3",
        others=("80",),
        fix="Remove this 80",
        mended=VALID.replace("script: {run: x}", "docker: {image: x, ports: [80, 81]}"),
        severity=2,
    ),
    "duplicate names: specifications": Wrong(
        text=f"name: demo\n{VALID}---\nname: demo\n{VALID}",
        code=Code.DUPLICATE_NAME,
        where="demo",
        said='another specification "demo" in line 1',
        others=("demo",),
        fix="Rename to demo-2",
        mended=f"name: demo\n{VALID}---\nname: demo-2\n{VALID}",
        severity=2,
    ),
    "duplicate names: stored specifications": Wrong(
        text=f"{in_crd(VALID)}---\n{in_crd(VALID)}",
        code=Code.DUPLICATE_NAME,
        where="demo",
        said='another specification "demo" in line 3',
        others=("demo",),
        fix="Rename to demo-2",
        severity=2,
    ),
    "undefined handler": Wrong(
        text=VALID.replace("handler: echo", "handler: ehco"),
        code=Code.UNDEFINED_HANDLER,
        where="ehco",
        said='did you mean "echo"?',
        fix="Change to echo",
        mended=VALID,
    ),
    "undefined connection": Wrong(
        text=CONNECTIONS + VALID.replace("name: web", "name: alhpa/web"),
        code=Code.UNDEFINED_CONNECTION,
        where="alhpa",
        said='did you mean "alpha"?',
        fix="Change to alpha",
        mended=CONNECTIONS + VALID.replace("name: web", "name: alpha/web"),
    ),
    "undefined connection of a compose service": Wrong(
        text=CONNECTIONS
        + (COMPOSE + WORKLOAD.replace("web", "alpha/web")).replace("connection: alpha", "connection: c"),
        code=Code.UNDEFINED_CONNECTION,
        where="c",
        said="there is alpha and beta",
    ),
    "undefined prerequisite": Wrong(
        text=VALID + "prerequisites: [{create: ehco}]\n",
        code=Code.UNDEFINED_PREREQUISITE,
        where="ehco",
        said='did you mean "echo"?',
        fix="Change to echo",
        mended=VALID + "prerequisites: [{create: echo}]\n",
    ),
    "undefined compose service": Wrong(
        text=(COMPOSE + WORKLOAD).replace("name: web, ", "name: wbe, ").replace(", connection: alpha", ""),
        code=Code.UNDEFINED_COMPOSE_SERVICE,
        where="wbe",
        said='did you mean "web"?',
        fix="Change to web",
    ),
    "unused handler": Wrong(
        text=ECHO + "- name: idle\n" + WORKLOAD,
        code=Code.UNUSED_HANDLER,
        where="idle",
        said='no intercept uses the handler "idle"',
        fix='Remove handler "idle"',
        mended=VALID,
        severity=4,
        tags=(1,),
    ),
    "missing connection prefix": Wrong(
        text=CONNECTIONS + VALID,
        code=Code.MISSING_PREFIX,
        where="web",
        said="write alpha/web",
        fix="Change to alpha/web",
        mended=CONNECTIONS + VALID.replace("name: web", "name: alpha/web"),
    ),
    "no connections": Wrong(
        text="connections: []\n" + VALID,
        code=Code.BAD_VALUE,
        where="connections",
        said='"connections" is empty',
        fix='Remove "connections"',
        mended=VALID,
    ),
    "the only connection has no name": Wrong(
        text="connections: [{}]\n" + VALID,
        code=Code.MISSING_KEY,
        where="{}",
        said='the connection has no "name"',
        fix='Add "name"',
        mended="connections: [{name: }]\n" + VALID,
    ),
    "superfluous connection prefix": Wrong(
        text=VALID.replace("name: web", "name: alpha/web"),
        code=Code.SUPERFLUOUS_PREFIX,
        where="alpha/web",
        said='write "web"',
        fix="Change to web",
        mended=VALID,
    ),
    "handler that may not serve a plural connection": Wrong(
        text=CONNECTIONS + VALID.replace("script: {run: x}", "external: {}").replace("name: web", "name: alpha/web"),
        code=Code.HANDLER_NOT_ISOLATED,
        where="external",
        said="isDocker: true",
        fix='Write "isDocker: true"',
        mended=CONNECTIONS
        + VALID.replace("script: {run: x}", "external: {isDocker: true}").replace("name: web", "name: alpha/web"),
    ),
    "the same traffic: all of a port": Wrong(
        text=VALID + SECOND.replace("81", "80", 1),
        code=Code.SAME_TRAFFIC,
        where="80",
        said='takes port "80" of "web" already',
        others=("h",),
        fix="Disable this intercept",
        mended=VALID + SECOND.replace("81", "80", 1).replace("other", "other\n    enabled: false"),
    ),
    "the same traffic: a filter that is part of another": Wrong(
        text=VALID + HEADERS + SECOND.replace("81", "80", 1) + HEADERS.replace("}]", "}, {name: b, value: c}]"),
        code=Code.SAME_TRAFFIC,
        where="80",
        said="takes these requests",
        others=("h",),
        fix="Disable this intercept",
    ),
    "one local port": Wrong(
        text=VALID + "    localPort: 9000\n" + SECOND.replace("8081", "9000"),
        code=Code.SAME_LOCAL_PORT,
        where="9000",
        said="on local port 9000 already (line 9)",
        others=("9000",),
        fix="Change to 9001",
        mended=VALID + "    localPort: 9000\n" + SECOND.replace("8081", "9001"),
    ),
    "global with headers": Wrong(
        text=VALID + "    global: true\n" + HEADERS,
        code=Code.GLOBAL_WITH_FILTERS,
        where="headers",
        said="exclude each other",
        others=("global",),
        fix='Remove "global"',
        mended=VALID + HEADERS,
    ),
    "global with a path": Wrong(
        text=VALID + "    pathPrefix: /a\n    global: true\n",
        code=Code.GLOBAL_WITH_FILTERS,
        where="pathPrefix",
        said="exclude each other",
        others=("global",),
        fix='Remove "global"',
        mended=VALID + "    pathPrefix: /a\n",
    ),
    "bad template: syntax": Wrong(
        text="name: {{ if 1 }}x\n" + VALID,
        code=Code.BAD_TEMPLATE,
        where="{{ if 1 }}",
        said="end",
        fix="Add {{ end }}",
        mended="name: {{ if 1 }}x{{ end }}\n" + VALID,
    ),
    "bad template: unknown function": Wrong(
        text='name: {{ evn "PORT" }}\n' + VALID,
        code=Code.UNKNOWN_FUNCTION,
        where="evn",
        said='did you mean "env"?',
        fix="Replace it with env",
        mended='name: {{ env "PORT" }}\n' + VALID,
    ),
    "bad template: unknown field": Wrong(
        text="name: {{ .Telepresence.Usrename }}\n" + VALID,
        code=Code.UNKNOWN_FIELD,
        where=".Telepresence.Usrename",
        said='did you mean "Username"?',
        fix="Replace it with Username",
        mended="name: {{ .Telepresence.Username }}\n" + VALID,
    ),
    "bad template: typographic quotes": Wrong(
        text="name: {{ upper “a” }}\n" + VALID,
        code=Code.TYPOGRAPHIC_QUOTE,
        where="“",
        said='"',
        fix='Replace all with "',
        mended='name: {{ upper "a" }}\n' + VALID,
    ),
    "bad template: a reference": Wrong(
        text=VALID.replace("handler: echo", "handler: {{ `echo` }}"),
        code=Code.TEMPLATED_REFERENCE,
        where="{{ `echo` }}",
        said="cannot be a template",
        fix='Use "echo"',
        mended=VALID,
    ),
    "bad template: a connection's prefix": Wrong(
        text="connections: [{name: far}]\n" + VALID.replace("name: web", "name: '{{ `far` }}/web'"),
        code=Code.TEMPLATED_REFERENCE,
        where="{{ `far` }}",
        said="cannot be a template",
        fix='Use "far"',
        mended="connections: [{name: far}]\n" + VALID.replace("name: web", "name: 'far/web'"),
    ),
    "YAML": Wrong(
        text=VALID.replace("run: x", 'run: "x'),
        code=Code.YAML_SYNTAX,
        where='"x}',
        said="not closed",
        fix='Add "',
    ),
    "tabs": Wrong(
        text=VALID.replace("  script", "\tscript"),
        code=Code.TAB,
        where="\t",
        said="not by tabs",
        fix="Indent by spaces",
        mended=VALID,
    ),
    "duplicate YAML keys": Wrong(
        text=VALID + "    port: 90\n",
        code=Code.DUPLICATE_KEY,
        where="port",
        said="stands twice: first in line 8",
        others=("port",),
        fix='Remove "port"',
        mended=VALID,
    ),
    "deprecated version": Wrong(
        text=in_crd(VALID, "v1alpha2"),
        code=Code.DEPRECATED,
        where="getambassador.io/v1alpha2",
        said="write getambassador.io/v1alpha4",
        fix="Change to getambassador.io/v1alpha4",
        mended=in_crd(VALID),
        severity=2,
        tags=(2,),
    ),
    "unknown version": Wrong(
        # Between those that there are one is missing: nobody served it.
        text=in_crd(VALID, "v1alpha3"),
        code=Code.UNKNOWN_VERSION,
        where="getambassador.io/v1alpha3",
        said="expected getambassador.io/v1alpha4 (v1alpha1 and v1alpha2 are read, too)",
        fix="Change to getambassador.io/v1alpha4",
        mended=in_crd(VALID),
    ),
    "deprecated key": Wrong(
        text=in_crd("workloads:\n  web:\n    intercepts: [{service_port: 80}]\n", "v1alpha1"),
        code=Code.DEPRECATED,
        where="service_port",
        said='"port"',
        fix="Convert to v1alpha4",
        severity=4,
        tags=(2,),
    ),
    "an alias of nothing": Wrong(
        text=VALID.replace("port: 80", "port: *web"), code=Code.UNDEFINED_ALIAS, where="*web", said="not defined above"
    ),
    "an alias of another anchor": Wrong(
        text=VALID.replace("name: echo", "name: &own echo").replace("port: 80", "port: *onw"),
        code=Code.UNDEFINED_ALIAS,
        where="*onw",
        said='did you mean "*own"?',
        fix="Change to *own",
        mended=VALID.replace("name: echo", "name: &own echo").replace("port: 80", "port: *own"),
    ),
    "a character that may not be": Wrong(
        text=VALID.replace("run: x", "run: x\x07"), code=Code.INVALID_CHARACTER, where="\x07", said="U+0007"
    ),
    "a blank that YAML does not take for one": Wrong(
        text=VALID.replace("port: ", "port:\u00a0"),
        code=Code.INVALID_CHARACTER,
        where="\u00a0",
        said="U+00A0",
        fix="Put an ordinary blank there",
        mended=VALID,
    ),
    "a list": Wrong(text="- a\n", code=Code.NOT_A_SPECIFICATION, where="- a", said="this is a list"),
    "missing required: a script without anything": Wrong(
        text=VALID.replace("script: {run: x}", "script:"),
        code=Code.MISSING_KEY,
        where="script",
        said='"script" has no value: the script needs "run"',
        fix='Add "run"',
        mended=VALID.replace("{run: x}", "{run: }"),
    ),
    "missing required: a container without anything": Wrong(
        text=VALID.replace("script: {run: x}", "docker:"),
        code=Code.MISSING_KEY,
        where="docker",
        said="the docker needs image, build or compose",
        fix='Add "image"',
        mended=VALID.replace("script: {run: x}", "docker: {image: }"),
    ),
    "missing required: one of several keys": Wrong(
        text=VALID.replace("script: {run: x}", "docker: {args: []}"),
        code=Code.MISSING_KEY,
        where="args",
        said="the docker needs image, build or compose",
        fix='Add "image"',
        mended=VALID.replace("script: {run: x}", "docker: {image: , args: []}"),
    ),
    "no specification yet": Wrong(
        text="# 😋\n", code=Code.NO_SPECIFICATION, where="#", said='begin with "workloads:"', severity=3
    ),
    "no specification": Wrong(
        text="kind: Service\n", code=Code.NO_SPECIFICATION, where="k", said="no InterceptSpecification"
    ),
    "nothing to debug": Wrong(
        text=VALID.replace("script: {run: x}", "debug: {}"),
        code=Code.DEBUG_WITHOUT_SCRIPT,
        where="debug",
        said="nothing to debug",
        fix='Remove "debug"',
    ),
    "nothing to intercept": Wrong(
        text="name: demo\nworkloads: []\n",
        code=Code.NOTHING_TO_INTERCEPT,
        where="workloads",
        said="nothing is intercepted",
        severity=2,
    ),
}
OF_A_CLUSTER = {
    Code.UNKNOWN_CONTEXT,
    Code.UNKNOWN_NAMESPACE,
    Code.UNKNOWN_WORKLOAD,
    Code.UNKNOWN_SERVICE,
    Code.UNKNOWN_PORT,
    Code.UNKNOWN_CONTAINER,
    Code.PORT_NOT_SERVED,
}
"""See ``cluster.test_live_diagnostics``."""
OF_AN_ENVIRONMENT = {Code.UNSET_VARIABLE}
OF_RUNS = {Code.NOT_SUPPORTED_YET}
OF_HUGE_TEXTS = {Code.TOO_LARGE}


Finding = dict[str, Any]


async def said_of(text: str, code: Code, where: str, server: InProcess | None = None) -> tuple[Editor, Finding]:
    """The one finding of that code there, once the text's templates have been looked into, too."""
    editor = await Editor.opened(text, server=server)

    def found() -> list[Finding]:
        every = editor.server.published() or []
        return [one for one in every if (one["code"], editor.cut(one["range"])) == (code, where)]

    await until(lambda: bool(found()))
    (finding,) = found()
    return editor, finding


@pytest.mark.parametrize("wrong", WRONG.values(), ids=WRONG)
async def test_it_is_said(wrong: Wrong) -> None:
    editor, found = await said_of(wrong.text, wrong.code, wrong.where)
    assert wrong.said in found["message"]
    assert (found["severity"], tuple(found.get("tags") or ())) == (wrong.severity, wrong.tags)
    related = found.get("relatedInformation") or []
    assert tuple(editor.cut(one["location"]["range"]) for one in related) == wrong.others
    # Nothing else is wrong: who reads it looks for one cause.
    errors = {one["code"] for one in editor.server.published() or [] if one["severity"] == 1}
    assert errors == ({wrong.code} if wrong.severity == 1 else set())


@pytest.mark.parametrize(
    "wrong", [one for one in WRONG.values() if one.fix], ids=[n for n, w in WRONG.items() if w.fix]
)
async def test_its_first_fix_mends_it(wrong: Wrong) -> None:
    editor, found = await said_of(wrong.text, wrong.code, wrong.where)
    context = {"diagnostics": [found], "only": ["quickfix"]}
    fixes = await editor.ask("codeAction", range=found["range"], context=context)
    own = [one for one in fixes if [each["code"] for each in one.get("diagnostics") or []] == [wrong.code]]
    assert own[0]["title"] == wrong.fix
    after = editor.applied(own[0]["edit"]["changes"][URI])
    assert after == (wrong.mended or after)
    again = await Editor.opened(after)
    left = [one for one in again.server.published() or [] if again.cut(one["range"]) == wrong.where]
    assert wrong.code not in {one["code"] for one in left}


async def test_a_missing_environment_variable_is_a_warning(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("TELELENS_NOWHERE", raising=False)
    server = InProcess()
    params = {"processId": None, "rootUri": None, "capabilities": {}, "initializationOptions": {"trusted": True}}
    await server.ask("initialize", params)
    text = 'name: x{{ env "TELELENS_NOWHERE" }}\n' + VALID
    _, found = await said_of(text, Code.UNSET_VARIABLE, '{{ env "TELELENS_NOWHERE" }}', server)
    assert (found["severity"], "TELELENS_NOWHERE is not set" in found["message"]) == (2, True)


def test_what_can_be_wrong_is_here_or_needs_more_than_a_text() -> None:
    here = {one.code for one in WRONG.values()}
    assert here | OF_A_CLUSTER | OF_AN_ENVIRONMENT | OF_RUNS | OF_HUGE_TEXTS == set(Code)


async def test_nothing_is_wrong_with_what_all_of_them_begin_with() -> None:
    for text in (VALID, in_crd(VALID), CONNECTIONS + VALID.replace("name: web", "name: alpha/web")):
        assert (await Editor.opened(text)).server.published() == []
