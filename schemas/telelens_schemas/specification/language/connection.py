"""How to connect."""

from __future__ import annotations

import re

from telelens_schemas.specification.language.addresses import exposed_fault, subnet_fault, via_fault
from telelens_schemas.specification.language.texts import CONNECTION_NAME, DNS_LABEL, PORT_NUMBER, SOME_TEXT
from telelens_schemas.specification.models import Connection
from telelens_schemas.specification.shapes import Flag, Key, Many, Names, Struct, Support, Text, TextMap

_SUBNET = Text("a subnet (10.0.0.0/8)", re.compile(r"[0-9a-fA-F:.]+/[0-9]{1,3}"), fault=subnet_fault)
_VIA = Text("SUBNET=WORKLOAD", re.compile(r"[^=\s]+=[^=\s]+"), fault=via_fault)
_ADDRESS = r"\d{1,3}(\.\d{1,3}){3}|\[[0-9a-fA-F:.]+\]"
_EXPOSED = Text(
    "[IP:][port:]container-port",
    re.compile(rf"(({_ADDRESS}):)?(\d{{0,5}}:)?\d{{1,5}}(/(tcp|udp))?"),
    may_be_number=True,
    numbers=range(1, 65536),
    published=re.compile(rf"(({_ADDRESS}):)?((0{{0,5}}|{PORT_NUMBER}):)?{PORT_NUMBER}(/(tcp|udp))?"),
    fault=exposed_fault,
)


def _keys(*, is_named: bool) -> tuple[Key, ...]:
    return (
        Key("name", CONNECTION_NAME, "Reference name.", field="name", required=is_named),
        Key(
            "context",
            SOME_TEXT,
            "Context of the kubeconfig.",
            field="context",
            names=Names.CONTEXT,
            default="the current one",
        ),
        Key(
            "namespace",
            DNS_LABEL,
            "Namespace of its workloads.",
            field="namespace",
            names=Names.NAMESPACE,
            default="the context's",
        ),
        Key(
            "mappedNamespaces",
            Many(DNS_LABEL),
            "Namespaces that it cares about.",
            field="mapped_namespaces",
            support=Support.IGNORED,
            names=Names.NAMESPACE,
        ),
        Key(
            "managerNamespace",
            DNS_LABEL,
            "Where the traffic manager is.",
            field="manager_namespace",
            names=Names.NAMESPACE,
        ),
        Key(
            "hostname",
            SOME_TEXT,
            "Host name of the container or isolated network.",
            field="hostname",
            support=Support.NOT_YET,
            instead="leave it out",
        ),
        Key(
            "expose",
            Many(_EXPOSED, or_one=True),
            "Ports of the isolated network to publish on the host.",
            field="expose",
            support=Support.NOT_YET,
            instead="leave it out",
        ),
        Key("alsoProxy", Many(_SUBNET), "Further subnets to reach.", field="also_proxy", support=Support.IGNORED),
        Key("neverProxy", Many(_SUBNET), "Subnets not to reach.", field="never_proxy", support=Support.IGNORED),
        Key(
            "allowConflictingSubnets",
            Many(_SUBNET),
            "Subnets that may overlap with the workstation's.",
            field="allow_conflicting_subnets",
            support=Support.IGNORED,
        ),
        Key("proxyVia", Many(_VIA), "Subnets to translate.", field="proxy_via", support=Support.IGNORED),
        Key(
            "docker",
            Flag(),
            "Connect inside a container.",
            field="docker",
            support=Support.OFF_ONLY,
            default="false",
            instead="write docker: false",
        ),
        Key(
            "kubeconfig",
            SOME_TEXT,
            "Path of the kubeconfig, as seen from where the specification is run.",
            field="kubeconfig",
        ),
        Key(
            "kubeFlags",
            TextMap(),
            "kubectl's connection flags, without the dashes; files as that of the kubeconfig.",
            field="kube_flags",
        ),
    )


CONNECTION = Struct("connection", Connection, _keys(is_named=False))
NAMED_CONNECTION = Struct("connection", Connection, _keys(is_named=True), main="name")
"""One of several."""
