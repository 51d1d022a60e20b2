"""HAProxy's configuration as text. Pure: it is the same whatever is intercepted.

More than that it has only where the pod template names a certificate (``tls/lines.py``).

Ports come by the pod's table and filters by the runtime socket, so that nothing is ever reloaded: connections that are
open, and streams that run, stay where they are.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Final

from telelens_schemas.matching.engine import SUBJECT
from telelens_schemas.names import HTTP_LOWER_PORT, HTTP_PORT

from telelens_cluster.agent.http.tls import lines as tls
from telelens_cluster.agent.http.tls.lines import TlsFiles
from telelens_cluster.agent.http.tls.material import Shape

HARD_STOP_SECONDS: Final = 300
"""How long a process whose place another took may still serve what it has begun."""
_BUFFER: Final = 80 * 1024
"""Holds 64 KiB of headers and what HAProxy needs beside them; memory of it is used only while something is said."""
_FOR_EVER: Final = "24d"
"""HAProxy's longest: how long silence may last is the application's and the caller's business."""
_NO_DESK: Final = (
    "telelens: the workstation that intercepts this request did not answer"
    " (nothing listens there, or its tunnel broke)\\n"
)
_AGAIN: Final = "100ms"
"""Also the pause before a request that the agent did not take is given to the application."""
SILENT_SECONDS: Final = 5
"""How long a caller may take until its first words; then it is the application's."""
_WAIT: Final = f"{SILENT_SECONDS}s"
"""How long a caller may take to say what shows that it speaks HTTP."""
_HTTP2_PREFACE: Final = r"^PRI \* HTTP/2\.0\r\n"
_LINE: Final = r"^[\r\n]*[^\r\n][^\n]*\n"
_REQUEST_LINE: Final = r"^[\r\n]*[!-~]+ [^\n]* HTTP/[0-9]\.[0-9]\r?\n"
_ESCAPES: Final = r"^(?:h2.*|http.*|tls/.*)$"
"""Protocols that a connection may become (RFC 9110, 7.8) and that carry further requests, which nobody would judge."""
_HEAD_ENDS: Final = r"[^\r\n]\r?\n\r?\n"
EVERY: Final = "*"
"""Among names of headers: requests without any may match, too."""
_DIALECTS: Final = {"_h2": "http2", "_capitals": "capitals", "": ""}
"""How backends' names end, and what of a request makes it theirs; the first counts."""
_CAPITALS: Final = _LINE + r"(?:[^:A-Z \t\r\n]*+[: \t][^\n]*\n)*+[^:A-Z \t\r\n]*[A-Z]"
"""Some header's name has one: lines whose names have none are passed over, and the empty line ends the head."""


@dataclass(frozen=True, slots=True)
class Files:
    """Where everything of one HAProxy stands."""

    folder: Path
    sockets: Path
    """The folder of the unix sockets that one HAProxy takes over from another as they are: all but those that belong to
    one process alone."""

    @property
    def configuration(self) -> Path:
        """The text below."""
        return self.folder / "haproxy.cfg"

    @property
    def cases(self) -> Path:
        """How names of headers are written."""
        return self.folder / "names"

    @property
    def filters(self) -> Path:
        """A map: pattern of a request → UID of its intercept; the first one counts."""
        return self.folder / "filters.map"

    @property
    def headers(self) -> Path:
        """Names of headers: a request without any of them matches no filter, unless EVERY stands there."""
        return self.folder / "headers.acl"

    @property
    def canaries(self) -> Path:
        """Addresses whose connections the agent answers itself."""
        return self.folder / "canaries.acl"

    @property
    def control(self) -> Path:
        """HAProxy's runtime socket."""
        return self.folder / "control.sock"

    @property
    def inward(self) -> Path:
        """HAProxy takes connections there, with a PROXY header: those of IPv6, whose destination it cannot see."""
        return self.sockets / "inward.sock"

    @property
    def inward_lower(self) -> Path:
        """The same, to applications that write headers without capitals."""
        return self.sockets / "inward-lower.sock"

    @property
    def desk(self) -> Path:
        """The agent takes what HAProxy hands to a workstation."""
        return self.folder / "desk.sock"

    @property
    def tls(self) -> TlsFiles:
        """What is there where TLS is ended."""
        return TlsFiles(self.folder, self.sockets)


def render(files: Files, shape: Shape | None = None) -> str:
    """The whole configuration; ``shape`` is that of what TLS is ended with, if it is."""
    more = files.tls
    kinds = ("", *(tls.kinds(shape) if shape else ()))
    backends = "\n".join(
        [*(_backends(files, kind, shape) for kind in kinds), *(tls.ended(more, shape) if shape else ())]
    )
    return f"""\
global
  nbthread 1
  maxconn 20000
  no strict-limits
  tune.bufsize {_BUFFER}
  tune.maxrewrite 4096
  tune.http.maxhdr 2000
  # What was found between the first word of a new map and its commit would be remembered beyond it.
  tune.pattern.cache-size 0
  hard-stop-after {HARD_STOP_SECONDS}s
  h1-case-adjust-file {files.cases}
  stats socket {files.control} mode 600 level admin expose-fd listeners
  stats timeout 10s

defaults
  mode http
  timeout connect 10s
  timeout client {_FOR_EVER}
  timeout server {_FOR_EVER}
  timeout tunnel {_FOR_EVER}
  retries 0
  # One connection of a caller is one connection of the application, as without us.
  http-reuse never
  option accept-invalid-http-request
  option accept-invalid-http-response
  option http-no-delay
  option clitcpka
  option srvtcpka

# Both begin as TCP: a canary says nothing, and how a caller writes the names of headers is seen only here.
{_frontend(files, shape)}
{_frontend(files, shape, lower=True)}
backend canary
  mode tcp
  server agent unix@{files.desk} send-proxy-v2

{backends}"""


def _frontend(files: Files, shape: Shape | None, *, lower: bool = False) -> str:
    """Where connections arrive; in answers of a ``lower`` one's, names of headers stay without capitals."""
    more = files.tls
    capitals = "  option h1-case-adjust-bogus-client\n"
    port, inward = (HTTP_LOWER_PORT, files.inward_lower) if lower else (HTTP_PORT, files.inward)
    return f"""\
frontend arrivals{"_lower" if lower else ""}
  mode tcp
  bind 0.0.0.0:{port}
  bind unix@{inward} mode 600 accept-proxy
{tls.binds(more, shape, lower=lower) if shape else ""}\
{"" if lower else capitals}\
  unique-id-format %[var(txn.intercept)]
  acl canary src -f {files.canaries}
  acl foreign var(sess.foreign) -m found
  acl judged var(sess.judged) -m found
  acl capitals var(sess.capitals) -m found
  acl http1 var(txn.begun) -m reg '{_REQUEST_LINE}'
  acl http2 fc_http_major 2
  acl escapes var(txn.escapes) -m found
  acl matched var(txn.intercept) -m found
  acl may_match str({EVERY}) -m str -f {files.headers}
  acl may_match req.hdr_names -m sub -f {files.headers}
{tls.conditions(shape) if shape else ""}\
  # Somebody who called this port by its number.
  tcp-request connection reject if {{ dst_port {port} }}
  tcp-request inspect-delay {_WAIT}
  # These rules are asked again for each request of a connection that has become HTTP.
  tcp-request content accept if canary or judged
  # A copy: what is read from the connection itself "may change", and whatever does not match it yet would wait.
  tcp-request content set-var(txn.begun) req.payload(0,0)
{tls.arrival(more) if shape else ""}\
  # TLS, or whatever else begins with no letter of a method, or has a first line that is no request's.
  tcp-request content set-var(sess.foreign) bool(true) if {{ var(txn.begun) -m reg '^[^!-~\\r\\n]' }}
  tcp-request content set-var(sess.foreign) bool(true) if {{ var(txn.begun) -m reg '{_LINE}' }} !http1
  tcp-request content unset-var(txn.begun) if foreign
  tcp-request content accept if foreign
  tcp-request content set-var(sess.capitals) bool(true) if {{ var(txn.begun) -m reg '{_CAPITALS}' }}
  tcp-request content set-var(sess.judged) bool(true) if http1 {{ var(txn.begun) -m reg '{_HEAD_ENDS}' }}
  # The rest of a head may take as long as it likes; without even a first line it is the application's.
  tcp-request content set-var(sess.judged) bool(true) if http1 !judged WAIT_END
  tcp-request content switch-mode http proto h2 if judged {{ var(txn.begun) -m reg '{_HTTP2_PREFACE}' }}
  tcp-request content switch-mode http if judged
  tcp-request content set-var(sess.foreign) bool(true) if WAIT_END
  tcp-request content unset-var(txn.begun)
  # To write a request as lines, and to match these, is a tenth of what is done for one that goes on.
  http-request set-var-fmt(txn.request) "{SUBJECT}" if may_match
  http-request set-var(txn.intercept) var(txn.request),map_reg({files.filters})
  # To ignore an offer of another protocol is a server's right: it is never made to any. A websocket's is.
  http-request set-var(txn.escapes) bool(true) if {{ req.hdr(upgrade) -m reg -i '{_ESCAPES}' }}
  http-request del-header upgrade if escapes
  http-request del-header http2-settings if escapes
  http-request del-header connection if escapes
  use_backend canary if canary
{tls.choices(shape, _DIALECTS) if shape else ""}\
  use_backend foreign if foreign
  use_backend desk_h2 if matched http2
  use_backend desk_capitals if matched capitals
  use_backend desk if matched
  use_backend application_h2 if http2
  use_backend application_capitals if capitals
  default_backend application
"""


def _backends(files: Files, kind: str, shape: Shape | None) -> str:
    """Where requests go: as their caller means it, or to the desk.

    0.0.0.0: where the connection was going before the redirect, the pod's own address and port.
    """

    def server(protocol: str) -> str:
        return f"server application 0.0.0.0{tls.server(kind, files.tls, shape, protocol) if kind and shape else ''}"

    return f"""\
backend foreign{kind}
  mode tcp
  {server("")}

backend application{kind}
  {server("http/1.1")}

backend application{kind}_capitals
  option h1-case-adjust-bogus-server
  {server("http/1.1")}

backend application{kind}_h2
  {server("h2")} proto h2

{_desk(files, kind, "", server("http/1.1"))}
{_desk(files, kind, "_capitals", server("http/1.1"), capitals=True)}
{_desk(files, kind, "_h2", server("h2"), more=" proto h2")}"""


def _desk(files: Files, kind: str, dialect: str, application: str, *, more: str = "", capitals: bool = False) -> str:
    """An agent that is gone is noticed by the first connection that it does not take, and the application has it."""
    errors = "".join(
        f'  http-error status {status} content-type text/plain string "{_NO_DESK}"\n' for status in (502, 503)
    )
    options = "  option h1-case-adjust-bogus-server\n" if capitals else ""
    if kind:
        # The program on the desk is spoken to in clear text.
        options += "  http-request set-header X-Forwarded-Proto https unless { req.fhdr(x-forwarded-proto) -m found }\n"
    return f"""\
backend desk{kind}{dialect}
{options}{errors}\
  timeout connect {_AGAIN}
  retries 5
  option redispatch 1
  server agent unix@{files.desk} send-proxy-v2 proxy-v2-options unique-id{more} check inter 2s fastinter 200ms fall 1 \
rise 1 observe layer4 error-limit 1 on-error mark-down
  {application}{more} backup
"""
