"""What is intercepted of a workload."""

from __future__ import annotations

import dataclasses
import re

from telelens_schemas.specification.language.texts import DNS_LABEL, HANDLER_NAME, OBJECT_NAME, SOME_TEXT
from telelens_schemas.specification.models import Header, Ingress, Intercept, Preview
from telelens_schemas.specification.shapes import (
    Either,
    Flag,
    Key,
    LocalPort,
    Many,
    Names,
    ServicePort,
    Struct,
    Support,
    Text,
)

_PATH = dataclasses.replace(SOME_TEXT, published=re.compile(r"/[!\"$->@-~]*"))
_PATH_PATTERN = dataclasses.replace(SOME_TEXT, published=re.compile(r" *[!-~][ -~]*"))
_IN_ANY_CASE = "|".join(
    "".join(f"[{letter}{letter.upper()}]" for letter in word) for word in ("authority", "method", "path")
)
_HEADER_NAME = dataclasses.replace(SOME_TEXT, published=re.compile(rf":({_IN_ANY_CASE})|[!#$%&'*+.^_`|~0-9A-Za-z-]+"))
HEADER_VALUE = Text(published=re.compile(r"[ -~]*"))
FILTER_KEYS = frozenset({"headers", "pathPrefix", "pathEqual", "pathRegexp"})
HEADER = Struct(
    "header",
    Header,
    (
        Key(
            "name",
            _HEADER_NAME,
            "Name of the header; :path, :method and :authority, too.",
            field="name",
            required=True,
            names=Names.HEADER,
        ),
        Key(
            "value",
            HEADER_VALUE,
            "A regular expression that the whole value must match; auto: a value that is this intercept's alone.",
            field="value",
            required=True,
        ),
    ),
)
INGRESS = Struct(
    "ingress",
    Ingress,
    (
        Key("host", SOME_TEXT, "Its Service: NAME, or NAME.NAMESPACE.", field="host", required=True),
        Key("port", LocalPort(), "Its port.", field="port", required=True),
        Key("tls", Flag(), "Whether it speaks TLS.", field="tls", default="false"),
        Key("l5host", SOME_TEXT, "The host name that requests ask for.", field="l5host", default="the host"),
    ),
)
PREVIEW = Struct(
    "previewURL",
    Preview,
    (
        Key("enable", Flag(), "Whether there is one.", field="enable", default="true"),
        Key("banner", Flag(), "Whether pages show that they are a preview.", field="banner", default="true"),
        Key("ingress", INGRESS, "Where its requests enter the cluster.", field="ingress"),
    ),
)
INTERCEPT = Struct(
    "intercept",
    Intercept,
    (
        Key("name", OBJECT_NAME, "Name of the intercept.", field="name", default="the workload's"),
        Key("enabled", Flag(), "false skips it.", field="enabled", default="true"),
        Key("handler", HANDLER_NAME, "Which handler takes it.", field="handler", names=Names.HANDLER),
        Key(
            "service",
            DNS_LABEL,
            "Which service, where several select the workload.",
            field="service",
            names=Names.SERVICE,
        ),
        Key("port", ServicePort(), "The service's port: number or name.", field="port", names=Names.PORT),
        Key(
            "container",
            DNS_LABEL,
            "Which container serves the port, where none of several declares it.",
            field="container",
            names=Names.CONTAINER,
        ),
        Key("localPort", LocalPort(), "Where the handler listens.", field="local_port", default="8080"),
        Key("headers", Many(HEADER), "Only requests with all of these headers.", field="headers"),
        Key("pathPrefix", _PATH, "Only requests whose path begins so.", field="path_prefix", default="/"),
        Key("pathEqual", _PATH, "Only requests of this path.", field="path_equal"),
        Key("pathRegexp", _PATH_PATTERN, "Only requests whose whole path matches.", field="path_regexp"),
        Key(
            "global",
            Flag(),
            "All traffic; excludes headers and paths.",
            field="is_global",
            default="true without headers and paths",
        ),
        Key(
            "replace",
            Flag(),
            "The application's container does not run meanwhile.",
            field="replace",
            support=Support.OFF_ONLY,
            default="false",
            instead="write replace: false",
        ),
        Key(
            "mountPoint",
            Either((Flag(), SOME_TEXT)),
            "Where remote volumes are mounted, or whether they are.",
            field="mount_point",
            support=Support.OFF_ONLY,
            instead="write mountPoint: false",
        ),
        Key(
            "previewURL",
            Either((Flag(), PREVIEW)),
            "A shareable URL that sets the header.",
            field="preview",
        ),
    ),
    exclusive=(("pathPrefix", "pathEqual", "pathRegexp"),),
    renamed={"service_port": "port", "servicePort": "port", "local_port": "localPort"},
)
