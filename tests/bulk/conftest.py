"""The tests of jobs run on a folder alone, and as they are on a real PostgreSQL where there is one."""

from __future__ import annotations

import pytest

from amgan.bulk import job_store
from amgan.bulk.shared_ledger import SharedLedger
from tests.databases import NO_POSTGRES

ON_BOTH = ("test_job_store", "test_job_troubles", "test_job_room")
OF_THE_FOLDER = {
    "test_a_job_cancelled_while_it_runs_is_not_run_by_the_next_server",
    "test_a_second_server_touches_nothing_of_the_first",
    "test_a_state_that_cannot_be_read_is_left_alone",
    "test_a_state_that_finds_no_room_is_written_later",
    "test_old_jobs_are_forgotten",
    # The pause before the next try is that of all servers, and not over because one of them starts.
    "test_a_server_stops_at_once_while_a_job_waits_and_the_next_one_goes_on",
    # Three jobs have room at once only if none is done before all are asked for.
    "test_old_results_make_room",
}
"""What they look at is the folder's own record of a job, or the memory of one server."""


def pytest_generate_tests(metafunc):
    of_both = metafunc.module.__name__.endswith(ON_BOTH) and metafunc.function.__name__ not in OF_THE_FOLDER
    if of_both and NO_POSTGRES is None:
        metafunc.parametrize("kept", ["folder", "postgres"], indirect=True, scope="module")


@pytest.fixture(scope="module", autouse=True)
def kept(request):
    """Where jobs are: in their folder, or in a database for each folder."""
    if getattr(request, "param", "folder") == "folder":
        yield
        return
    server, known, databases = request.getfixturevalue("postgres"), {}, []

    def ledger(folder, limits):
        if folder not in known:
            known[folder] = server.new_schema()
        made = SharedLedger(known[folder], folder, limits, lease=1.0)
        # Tests ask a store that is closed what has become of its jobs.
        databases.append(made._database.close)
        made._database.close = lambda: None
        return made

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(job_store, "OwnLedger", ledger)
        yield
    for close in databases:
        close()
