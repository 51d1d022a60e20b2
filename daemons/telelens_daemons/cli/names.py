"""Names as they are typed: checked before they become part of a request, and ``KIND/NAME`` as kubectl has it."""

from __future__ import annotations

import re

from telelens_daemons.errors import UserError

_LABEL = r"[a-z0-9](?:[-a-z0-9]{0,61}[a-z0-9])?"
_SUBDOMAIN = re.compile(rf"{_LABEL}(?:\.{_LABEL})*")
_NAMESPACE = re.compile(_LABEL)
LONGEST = 253
KINDS = {
    short: kind
    for kind, shorts in {
        "Deployment": ("deploy", "deployment", "deployments", "deployment.apps", "deployments.apps"),
        "StatefulSet": ("sts", "statefulset", "statefulsets", "statefulset.apps", "statefulsets.apps"),
    }.items()
    for short in shorts
}


def object_name(text: str, what: str) -> str:
    """The name of an object (RFC 1123 subdomain); empty where none was given. Raises UserError (usage)."""
    if text and (len(text) > LONGEST or not _SUBDOMAIN.fullmatch(text)):
        raise _refused(text, what, "small letters, digits, hyphens and dots")
    return text


def namespace_name(text: str, what: str = "--namespace") -> str:
    """A namespace (RFC 1123 label); empty where none was given. Raises UserError (usage)."""
    if text and not _NAMESPACE.fullmatch(text):
        raise _refused(text, what, "small letters, digits and hyphens, 63 at most")
    return text


def workload_name(text: str, what: str, *, kind: str = "") -> tuple[str, str]:
    """``deploy/echo`` → (``Deployment``, ``echo``); ``kind`` is the one given elsewhere. Raises UserError (usage)."""
    prefix, slash, name = text.rpartition("/")
    if slash:
        found = KINDS.get(prefix.lower())
        if found is None:
            raise UserError(
                f'{what} "{text}": {prefix or "nothing"} is not a kind that can be intercepted',
                hint="like deployment/NAME or statefulset/NAME",
                code="usage",
            )
        if kind and KINDS.get(kind.lower(), kind) != found:
            raise UserError(f'"{text}" is no {kind}', hint="leave --workload-kind out", code="usage")
        kind = found
        if not name:
            raise UserError(f'{what} "{text}" has no name', hint=f"like {prefix}/echo", code="usage")
    return KINDS.get(kind.lower(), kind), object_name(name, what)


def _refused(text: str, what: str, allowed: str) -> UserError:
    return UserError(f'{what} "{text}" is not a name in Kubernetes', hint=f"{allowed}, as RFC 1123 says", code="usage")
