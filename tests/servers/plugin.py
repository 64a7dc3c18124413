"""Fixtures of the real servers: each is started once for all tests, when the first test asks for it."""

from collections.abc import Iterator

import pytest

from tests.servers.daemons import Daemon
from tests.servers.dovecot import Dovecot, Mailbox
from tests.servers.postfix import Postfix
from tests.servers.postgres import Postgres

_running: list[Daemon] = []


def _while_running(daemon: Daemon) -> Iterator[None]:
    _running.append(daemon)
    try:
        yield
    finally:
        _running.remove(daemon)
        daemon.stop()


@pytest.fixture(scope="session")
def dovecot() -> Iterator[Dovecot]:
    server = Dovecot()
    for _ in _while_running(server.daemon):
        yield server


@pytest.fixture(scope="session")
def postfix(dovecot: Dovecot) -> Iterator[Postfix]:
    server = Postfix(dovecot)
    for _ in _while_running(server.daemon):
        yield server


@pytest.fixture
def mailbox(dovecot: Dovecot) -> Mailbox:
    """The fresh mailbox of a user nobody else has."""
    return dovecot.add_user()


@pytest.fixture(scope="session")
def postgres() -> Iterator[Postgres]:
    server = Postgres()
    if server.daemon is None:
        yield server
        server.drop_databases()
    else:
        for _ in _while_running(server.daemon):
            yield server


@pytest.fixture
def postgres_url(postgres: Postgres) -> str:
    """A fresh, empty database."""
    return postgres.new_database()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Iterator[None]:
    """Show what the running servers logged when a test that uses one fails."""
    report = yield
    names = getattr(item, "fixturenames", ())
    if report.failed and {"dovecot", "postfix", "mailbox", "postgres", "postgres_url"} & set(names):
        report.sections.extend((f"log of {daemon.name}", daemon.logs()) for daemon in _running)
    return report
