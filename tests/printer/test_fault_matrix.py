"""Every fault in every phase; see ``fault_matrix``, which prints the same as a table."""

import pytest

from tests.printer import fault_matrix


@pytest.fixture(scope="module")
def results():
    return fault_matrix.run_all()


@pytest.mark.timeout(300)  # the first one runs them all
@pytest.mark.parametrize(("fault", "phase", "line", "way"), fault_matrix.cells())
def test_journal_paper_and_what_the_citizen_sees(fault, phase, line, way, results):
    fault_matrix.check(fault, phase, line, way, results[fault, phase, line, way])


def test_the_matrix_reaches_every_state_and_every_sentence(results):
    seen = {(cell.state.value, cell.citizen) for cell in results.values()}
    assert seen == {
        ("done", "take the paper"),
        ("failed", "receipt on screen"),
        ("unknown", "did it come out?"),
    }
