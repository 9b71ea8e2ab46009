"""Training on ranks: one model, the same as of one process, and errors that end all of them."""

import pytest

from tests.support.mpirun import mpirun
from tests.support.training_ranks import trained

pytestmark = pytest.mark.slow

PROGRAM = "tests.support.training_ranks"


def same_of_all(n, what):
    said = {*mpirun(n, PROGRAM, what)}
    assert len(said) == 1, said
    return said.pop()


def test_with_leaves_the_bits_do_not_depend_on_the_number_of_ranks():
    expected = same_of_all(1, "leaf")
    eager, compiled, _ = expected.split()
    assert eager == compiled
    assert same_of_all(2, "leaf") == same_of_all(3, "leaf") == expected
    assert same_of_all(2, "start") == same_of_all(1, "start")
    resumed = {line.split()[0] for line in mpirun(2, PROGRAM, "resume")}
    assert resumed == {same_of_all(1, "start")}


@pytest.mark.slow
def test_four_ranks():
    assert same_of_all(4, "leaf") == same_of_all(1, "leaf")


def test_without_leaves_it_is_the_model_of_one_process_up_to_rounding():
    assert same_of_all(2, "rows").startswith("near True") and "{'float32'}" in same_of_all(
        2, "rows"
    )
    assert same_of_all(3, "tiny")


def test_rank_0_alone_reports():
    first, second = mpirun(2, PROGRAM, "stopped")
    assert first == "by a callback after 3 of 9 steps; called [3]"
    assert second == "by a callback after 3 of 9 steps; called []"


def test_an_error_of_one_rank_ends_all():
    said = same_of_all(3, "failing")
    assert said == "RuntimeError: fit: rank 1 of 3 failed: ArithmeticError: of rank 1"


def test_ranks_that_drift_apart_are_told():
    said = same_of_all(2, "apart")
    assert "the ranks do not have the same batch; give each the same generator" in said
    assert same_of_all(2, "draws") == "no error"  # each has its rows, and all make the step of all


def test_layers_that_measure_whole_batches_are_refused():
    said = same_of_all(1, "normalised")
    assert "TypeError: fit: with comm= no rank sees a whole batch" in said and "LayerNorm" in said


def test_what_is_no_communicator():
    with pytest.raises(TypeError, match=r"comm = 4 is no communicator; .*comm=MPI.COMM_WORLD"):
        trained(comm=4)
    with pytest.raises(TypeError, match="give it with comm="):
        trained(leaf=4)
