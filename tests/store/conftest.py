"""A store in a folder of its own; the tests of some rooms run once more on a real PostgreSQL server."""

from collections.abc import Iterator

import pytest

from distill_core.store import Store
from tests import postgresql

# What is asked of tables; the other files are about the file that SQLite keeps.
ON_BOTH = {
    "test_devices.py",
    "test_jobs.py",
    "test_naming.py",
    "test_runs.py",
    "test_stored_events.py",
    "test_trials.py",
}


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    if metafunc.definition.path.name in ON_BOTH and "sqlite" not in metafunc.definition.keywords:
        metafunc.parametrize("database", ["sqlite", "postgresql"], indirect=True)


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[postgresql.Server]:
    """A PostgreSQL server with a database that holds the tables, of which others are copies."""
    programs = postgresql.programs()
    if programs is None:
        pytest.skip("no PostgreSQL server on this machine (Debian: apt-get install postgresql)")
    with postgresql.serving(programs) as serving:
        Store.open(tmp_path_factory.mktemp("migrated"), serving.make("migrated")).close()
        yield serving


@pytest.fixture(autouse=True)
def database(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Stores of this test are in SQLite files, or all in one new database of the server."""
    monkeypatch.delenv("DISTILL_DATABASE_URL", raising=False)
    if getattr(request, "param", "sqlite") == "postgresql":
        server: postgresql.Server = request.getfixturevalue("server")
        monkeypatch.setenv("DISTILL_DATABASE_URL", server.database(like="migrated"))


@pytest.fixture
def empty_database(server: postgresql.Server) -> str:
    """The URL of a database without tables."""
    return server.database()
