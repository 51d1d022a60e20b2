"""What the chart tells the gateway."""

from __future__ import annotations

import pytest
from telelens_cluster.gateway.settings import GatewaySettings
from telelens_cluster.manager.errors import ConfigurationError


def test_what_the_chart_sets() -> None:
    environment = {"TELELENS_PREVIEW_URL": "https://*.preview.test", "TELELENS_NAMESPACES": "a,b"}
    made = GatewaySettings.from_environment(environment)
    assert (made.domain.parent, made.namespaces) == ("preview.test", ("a", "b"))


@pytest.mark.parametrize("environment", [{}, {"TELELENS_PREVIEW_URL": "preview.test"}])
def test_without_a_domain_it_does_not_begin(environment: dict[str, str]) -> None:
    with pytest.raises(ConfigurationError, match="TELELENS_PREVIEW_URL"):
        GatewaySettings.from_environment(environment)
