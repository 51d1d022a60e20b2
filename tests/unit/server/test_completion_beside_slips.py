"""Completion while a key is a blank too deep: what it opens is still its own, and it stands beside the others."""

from __future__ import annotations

import pytest
from unit.server.test_completion import FIRST_KEYS, ROOT_KEYS, labels

HANDLER = ["script", "environment", "debug", "docker", "external"]
WORKLOAD = ["namespace", "intercepts"]
CRD = "apiVersion: getambassador.io/v1alpha4\nkind: InterceptSpecification\nspec:\n"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("handlers:\n- name: x\n workloads:\n- name: w\n  ‸", WORKLOAD),
        ("handlers:\n- name: x\n workloads: # all\n\n# each\n- name: v\n- name: w\n  intercepts:\n  - ‸", FIRST_KEYS),
        ("handlers:\n- name: x\n workloads:\n- name: w\n  intercepts:\n  - handler: ‸", ["x"]),
        ("handlers:\n- name: x\n workloads:\n- ‸", ["name", *WORKLOAD]),
        ("handlers:\n  - name: x\n workloads:\n  - name: w\n    ‸", WORKLOAD),
        (f"{CRD}  handlers:\n  - name: x\n   workloads:\n  - name: w\n    ‸", WORKLOAD),
        ("name: x\n workloads:\n  - name: w\n    ‸", WORKLOAD),
        (" handlers:\n- name: x\n  ‸\nworkloads: []\n", HANDLER),
        ("name: x\n wor‸\nhandlers: []\n", [one for one in ROOT_KEYS if one not in ("name", "handlers")]),
        ("handlers:\n  - name: x\n wor‸\nname: y\n", [one for one in ROOT_KEYS if one not in ("name", "handlers")]),
    ],
)
async def test_a_key_that_is_a_blank_too_deep(text: str, expected: list[str]) -> None:
    assert await labels(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("spec:\n handlers:\n  - name: x\n    ‸", HANDLER),
        ("handlers:\n - name: x\n   script:\n    run: x\n    ‸", ["shell"]),
        ("handlers:\n - name: x\n   script: &s\n    run: x\n    ‸", ["shell"]),
        ("handlers:\n- name: x\n sc‸", ["name", *HANDLER]),
    ],
)
async def test_a_blank_may_be_all_the_indentation(text: str, expected: list[str]) -> None:
    assert await labels(text) == expected
