"""What an editor expands by itself, and what it leaves to the run."""

from __future__ import annotations

import pytest
from telelens_schemas.templates import parse
from telelens_server.templating.evaluating import expanded, is_left_to_the_run

LEFT = [
    "genPrivateKey",
    "genCA",
    "genCAWithKey",
    "genSelfSignedCert",
    "genSelfSignedCertWithKey",
    "genSignedCert",
    "genSignedCertWithKey",
    "buildCustomCert",
    "derivePassword",
    "bcrypt",
    "htpasswd",
    "getHostByName",
]


@pytest.mark.parametrize("function", LEFT)
def test_what_takes_long_or_asks_the_network_is_left_to_the_run(function: str) -> None:
    template = parse(f"{{{{ {function} `x` }}}}{{{{ upper `y` }}}}")
    assert is_left_to_the_run(template)
    assert [one.values for one in expanded(template, {})] == [("Y",)]


@pytest.mark.parametrize("action", ['{{ repeat 300000 "x" }}', "{{ range 20000 }}{{ upper `x` }}{{ end }}"])
def test_what_a_run_may_cost_is_too_much_for_an_editor(action: str) -> None:
    template = parse(action)
    assert len(template.execute({}).text) >= 20_000
    assert expanded(template, {}) == ()
