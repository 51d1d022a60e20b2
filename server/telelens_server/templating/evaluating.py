"""Expands what can be expanded while somebody looks. Nothing here uses the network, runs a program, or takes longer
than an editor may wait."""

from __future__ import annotations

from collections.abc import Mapping
from time import thread_time

from telelens_daemons.username import username
from telelens_schemas.specification.template_data import template_data
from telelens_schemas.templates import NETWORK, Context, ExecutionError, Limits, Template, UnreadableTemplate
from telelens_schemas.templates.nodes import Action, names_function, walk
from telelens_schemas.templates.values import Value

from telelens_server.templating.expansion import Expanded

LIMITS = Limits(output=200_000, memory=4 << 20, steps=50_000, seconds=0.1)
_ONE_LIMITS = Limits(output=20_000, memory=1 << 20, steps=5_000, seconds=0.02)
_MOST_ALONE = 200
"""Of a template that is broken somewhere, so many actions are expanded one by one."""
_SLOW = (
    "genPrivateKey",
    "genCA",
    "genSelfSignedCert",
    "genSignedCert",
    "buildCustomCert",
    "derivePassword",
    "bcrypt",
    "htpasswd",
)


def expanded(template: Template, environment: Mapping[str, str]) -> tuple[Expanded, ...]:
    """Every action that writes something; of a template that cannot be expanded, those that stand alone."""
    # Making a key or hashing a password takes longer than a keystroke: those are left to the run.
    actions = [node for node in walk(template.root) if isinstance(node, Action)]
    quick = [one for one in actions if not names_function(one, _SLOW)]
    data = template_data(username(environment))
    if len(quick) == len(actions) and not template.problems:
        try:
            whole = template.execute(data, Context(environment, limits=LIMITS, clock=thread_time))
        except (ExecutionError, UnreadableTemplate):
            pass
        else:
            every = (Expanded(one.start, one.end, whole.outputs_of(one.start)) for one in actions)
            return tuple(one for one in every if one.values)
    alone = [one for one in quick if template.stands_alone(one)][:_MOST_ALONE]
    return tuple(found for one in alone if (found := _one(template, one, data, environment)) is not None)


def is_left_to_the_run(template: Template) -> bool:
    """Whether it asks for what takes longer than an editor may wait, or asks the network."""
    return template.names((*_SLOW, *NETWORK))


def _one(template: Template, action: Action, data: Value, environment: Mapping[str, str]) -> Expanded | None:
    try:
        value = template.evaluate(action, data, Context(environment, limits=_ONE_LIMITS, clock=thread_time))
    except ExecutionError:
        return None
    return Expanded(action.start, action.end, (value,))
