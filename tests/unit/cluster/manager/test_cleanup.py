"""What ``helm uninstall`` leaves: nothing."""

from __future__ import annotations

from datetime import UTC, datetime

from telelens_cluster.manager.cleanup import clean
from telelens_cluster.manager.rollout import roll_patch
from unit.cluster.manager.fake_api import FakeApi


async def test_everything_of_ours_goes_and_nothing_else() -> None:
    patch = roll_patch(datetime(2026, 1, 1, tzinfo=UTC), enable=True)
    rolled = {
        "metadata": {"name": "echo", "namespace": "shop", "uid": "1", **patch["metadata"]},
        "spec": patch["spec"],
    }
    plain = {"metadata": {"name": "front", "namespace": "shop", "uid": "2"}, "spec": {"template": {}}}
    one = {"metadata": {"name": "one", "namespace": "shop", "uid": "3"}}
    page = {"resourceVersion": "1"}
    api = FakeApi(
        {
            "/apis/telelens.dev/v1alpha1/intercepts": {"metadata": page, "items": [one]},
            "/apis/telelens.dev/v1alpha1/namespaces/telelens/sessions": {"metadata": page, "items": []},
            "/apis/apps/v1/deployments": {"metadata": page, "items": [rolled, plain]},
        }
    )
    assert await clean(api.as_api(), manager_namespace="telelens") == 1
    assert [call for call in api.calls if call[0] != "GET"] == [
        ("DELETE", "/apis/telelens.dev/v1alpha1/namespaces/shop/intercepts/one"),
        ("PATCH", "/apis/apps/v1/namespaces/shop/deployments/echo"),
    ]
