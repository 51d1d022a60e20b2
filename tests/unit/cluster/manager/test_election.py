"""The Lease: who leads, who waits, what is left behind."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator

from telelens_cluster.manager.errors import ApiUnreachable
from telelens_cluster.manager.leader import Election
from unit.cluster.manager.fake_api import FakeApi

LEASE = "/apis/coordination.k8s.io/v1/namespaces/telelens/leases/telelens-manager"


class Candidate:
    """One replica."""

    def __init__(self, api: FakeApi, identity: str) -> None:
        self.election = Election(api.as_api(), namespace="telelens", identity=identity)
        self.entered = asyncio.Event()
        self.terms = 0
        self.fails = 0

    @contextlib.asynccontextmanager
    async def term(self) -> AsyncIterator[None]:
        self.terms += 1
        if self.terms == self.fails:
            raise ApiUnreachable("the term cannot begin")
        self.entered.set()
        yield

    @contextlib.asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        task = asyncio.create_task(self.election.run(self.term))
        try:
            yield
        finally:
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)


async def test_the_first_leads_and_releases_when_it_goes() -> None:
    api = FakeApi()
    one = Candidate(api, "one")
    async with one.running():
        async with asyncio.timeout(2):
            await one.entered.wait()
        assert api.objects[LEASE]["spec"]["holderIdentity"] == "one"
    assert api.objects[LEASE]["spec"]["holderIdentity"] == ""
    assert not one.election.leading


async def test_the_second_waits() -> None:
    api = FakeApi()
    one, two = Candidate(api, "one"), Candidate(api, "two")
    async with one.running():
        async with asyncio.timeout(2):
            await one.entered.wait()
        async with two.running():
            await asyncio.sleep(0.1)
            assert not two.entered.is_set()
        assert api.objects[LEASE]["spec"]["holderIdentity"] == "one", "who never led releases nothing"


async def test_a_container_that_restarts_takes_its_own_lease_back_at_once() -> None:
    api = FakeApi()
    api.put(LEASE, {"metadata": {"name": "telelens-manager"}, "spec": {"holderIdentity": "one", "renewTime": "t"}})
    one = Candidate(api, "one")
    async with one.running():
        async with asyncio.timeout(1):
            await one.entered.wait()


async def test_an_empty_lease_made_by_the_chart_is_free() -> None:
    api = FakeApi()
    api.put(LEASE, {"metadata": {"name": "telelens-manager"}})
    one = Candidate(api, "one")
    async with one.running():
        async with asyncio.timeout(1):
            await one.entered.wait()


async def test_a_term_that_cannot_begin_gives_the_lease_back_and_is_tried_again() -> None:
    api = FakeApi()
    one = Candidate(api, "one")
    one.fails = 1
    async with one.running():
        async with asyncio.timeout(5):
            await one.entered.wait()
    assert api.objects[LEASE]["spec"]["holderIdentity"] == ""
