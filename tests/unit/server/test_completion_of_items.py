"""Completion on the line below a finished item: its further keys, or another item, wherever the dashes stand."""

from __future__ import annotations

import pytest
from telelens_schemas.specification.language import INTERCEPT
from unit.server.test_completion import ROOT_KEYS, applied, labels

HANDLERS = "handlers:\n- name: a\n  script: {run: x}\n"
WORKLOAD = "workloads:\n- name: web\n  intercepts:\n  - handler: a\n"
KEYS = {key.name for key in INTERCEPT.keys}
ITEMS = {f"- {name}" for name in KEYS}


@pytest.mark.parametrize(
    ("text", "keys", "items"),
    [
        (f"{WORKLOAD}    ‸\n", KEYS - {"handler"}, set()),
        (f"{WORKLOAD}  ‸\n", {"namespace"}, ITEMS),
        (f"{WORKLOAD}\n  # why\n  ‸\n", {"namespace"}, ITEMS),
        (f"{WORKLOAD}    port: 80\n\n  ‸\n  - handler: b\n", {"namespace"}, ITEMS),
        (f"{WORKLOAD}  namespace: x\n  ‸\n", set(), set()),
        (f"{WORKLOAD}‸\n", {*ROOT_KEYS} - {"workloads"}, {"- name"}),
        (f"{HANDLERS}  environment:\n  - name: A\n    value: |\n      x\n  ‸\n", {"debug"}, {"- name", "- value"}),
        ("workloads:\n- intercepts:\n  - handler: a\n  ‸\n", {"name", "namespace"}, ITEMS),
        ("workloads:\n- name: web\n  intercepts:\n  - {handler: a}\n  ‸\n", {"namespace"}, ITEMS),
        ("workloads:\n  - name: web\n    intercepts:\n      - handler: a\n      ‸\n", set(), ITEMS),
        (WORKLOAD.replace("  - ", "    - ") + "  ‸\n", {"namespace"}, set()),
        (f"{WORKLOAD}  na‸\n", {"namespace"}, set()),
        ("workloads:\n- name: web\n  intercepts:\n  ‸\n", {"namespace"}, set()),
    ],
)
async def test_keys_come_first_and_then_another_item(text: str, keys: set[str], items: set[str]) -> None:
    found = await labels(text)
    assert {*found[: len(keys)]} == keys
    assert {*found[len(keys) :]} == items


async def test_another_item_is_written_at_the_cursor() -> None:
    assert await applied(f"{WORKLOAD}  ‸\n", "- port") == f"{WORKLOAD}  - port: \n"
    assert await applied(f"{WORKLOAD}‸\n", "- name") == f"{WORKLOAD}- name: \n"
