"""The same bits whoever computes the blocks; the work is done there; errors name block and place.

Processes, schedulers and ranks are real ones, on the loopback interface.
"""

import os
import pickle
import sys
import time
import tracemalloc
import warnings
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from functools import partial
from multiprocessing import get_context
from threading import Lock

import numpy as np
import pytest

import autograd_lite as al
from autograd_lite.blockwise.engines import CLOSED
from tests.support import blocks
from tests.support.effort import PROFILE
from tests.support.equality import same_trees
from tests.support.mpirun import mpirun

P = blocks.parameters()
pytest.importorskip("scipy")
pytestmark = pytest.mark.slow


@contextmanager
def processes(n):
    with ProcessPoolExecutor(n, mp_context=get_context("spawn")) as pool:
        yield pool


@contextmanager
def cluster(n, **options):
    """A client of a scheduler with n worker processes."""
    distributed = pytest.importorskip("distributed")
    local = {"host": "127.0.0.1", "dashboard_address": None, "threads_per_worker": 1, **options}
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of others' ports and files
        with distributed.LocalCluster(n_workers=n, **local) as made, distributed.Client(made) as it:
            yield it


@pytest.fixture(scope="module")
def expected():
    return blocks.everything()


# ---- bits ----


def test_threads(expected):
    with ThreadPoolExecutor(3) as pool:
        assert blocks.everything(pool) == expected


def test_processes(expected):
    with processes(2) as pool:
        assert blocks.everything(pool) == expected


@pytest.mark.parametrize("n", [1, 2, pytest.param(3, marks=pytest.mark.slow)])
def test_workers_of_a_cluster(n, expected):
    with cluster(n) as client:
        assert blocks.everything(client) == expected
        with client.get_executor() as pool:
            assert blocks.everything(pool) == expected


@pytest.mark.parametrize("n", [1, 3, *(pytest.param(n, marks=pytest.mark.slow) for n in (2, 4))])
def test_ranks(n, expected):
    assert mpirun(n, "tests.support.blocks", "bits") == [expected] * n


def test_fewer_blocks_than_workers():
    alone = al.mean_over(blocks.loss, blocks.recipes(2, empty=None))
    with ThreadPoolExecutor(5) as pool:
        total = al.mean_over(blocks.loss, blocks.recipes(2, empty=None), on=pool)
        assert same_trees(al.grad(total)(P), al.grad(alone)(P))


# ---- the work is done there ----


def where(folder):
    """How many times each process left a mark."""
    return {int(path.name): len(path.read_text(encoding="utf-8")) for path in folder.iterdir()}


def test_blocks_are_read_by_processes(tmp_path):
    recipes = [partial(blocks.leaving, i, str(tmp_path)) for i in range(8)]
    with processes(2) as pool:
        al.value_and_grad(al.mean_over(blocks.loss, recipes, on=pool))(P)
    assert os.getpid() not in where(tmp_path) and sum(where(tmp_path).values()) == 8


def test_blocks_are_read_by_workers_in_few_tasks(tmp_path):
    recipes = [partial(blocks.leaving, i, str(tmp_path)) for i in range(200)]
    with cluster(2) as client:
        total = al.mean_over(blocks.loss, recipes, on=client)
        before = tasks(client)
        al.value_and_grad(total)(P)
        groups = 50  # of 4 blocks each
        assert tasks(client) - before <= 1.3 * groups + 1  # the parameters are one more
    counts = where(tmp_path)
    assert os.getpid() not in counts and len(counts) == 2 and sum(counts.values()) == 200


def tasks(client):
    """How many tasks the workers have done so far."""
    counts = client.run_on_scheduler(
        lambda dask_scheduler: dask_scheduler.cumulative_worker_metrics
    )
    del counts
    done = client.run(lambda dask_worker: dask_worker.state.executed_count)
    return sum(done.values())


def test_blocks_are_read_by_ranks(tmp_path):
    mpirun(3, "tests.support.blocks", "counted", str(tmp_path))
    counts = where(tmp_path)
    assert len(counts) == 3 and sum(counts.values()) == 8


# ---- arrays ----


def test_arrays_maps_and_dask_arrays_have_the_same_blocks(tmp_path):
    dask_array = pytest.importorskip("dask.array")
    x, y = blocks.rows(1, 400)
    for name, a in (("x", x), ("y", y)):
        np.save(tmp_path / f"{name}.npy", a)
    maps = [np.load(tmp_path / f"{name}.npy", mmap_mode="r") for name in "xy"]
    lazy = [dask_array.from_array(a, chunks=(150, *a.shape[1:])) for a in (x, y)]
    expected = al.grad(al.mean_over(blocks.loss, al.blocks(x, y, rows=60)))(P)
    with cluster(2) as client, processes(1) as pool:
        for arrays in ((x, y), maps, lazy, [m[:] for m in maps]):
            cut = al.blocks(*arrays, rows=60)
            for on in (None, client, *([pool] if arrays is not lazy else [])):
                assert same_trees(al.grad(al.mean_over(blocks.loss, cut, on=on))(P), expected)
    assert [len(x) for x, _ in al.blocks(*lazy)] == [150, 150, 100]


def test_a_map_travels_as_its_path_and_a_shorter_file_is_named(tmp_path):
    np.save(tmp_path / "x.npy", np.arange(1000.0))
    mapped = np.load(tmp_path / "x.npy", mmap_mode="r")
    for cut in (al.blocks(mapped, rows=300), al.blocks(mapped[100:][:600], rows=300)):
        assert len(pickle.dumps(cut)) < 1000 and all(map(callable, cut))
    assert np.array_equal(np.concatenate([b()[0] for b in cut]), np.arange(100.0, 700.0))
    total = al.mean_over(lambda p, x: np.mean(p * x), cut)
    assert total(1.0) == 399.5
    del mapped
    with open(tmp_path / "x.npy", "r+b") as file:
        file.truncate(2000)
    with pytest.raises(RuntimeError, match=r"block 0 of 2: ValueError: .*x\.npy no longer has"):
        total(1.0)


# ---- faults ----


FAULTS = {
    "failing": "block 3 of 8 ({place}): FileNotFoundError: no block 3",
    "holed": "block 3 of 8 ({place}): the loss or its derivative is NaN",
}


@pytest.mark.parametrize("fault", FAULTS)
def test_a_fault_ends_it_and_is_named(fault):
    recipes = [partial(getattr(blocks, fault), i, 3) for i in range(8)]
    with ThreadPoolExecutor(2) as pool, pytest.raises(RuntimeError, match=r"block 3 of 8: "):
        al.mean_over(blocks.loss, recipes, on=pool)(P)
    with processes(2) as pool:
        said = blocks.error_of(al.mean_over(blocks.loss, recipes, on=pool))
    start, _, rest = FAULTS[fault].partition("{place}")
    assert said.startswith(f"{start}process ") and rest in said
    with cluster(1) as client:
        said = blocks.error_of(al.mean_over(blocks.loss, recipes, on=client))
    assert said.startswith(f"{start}worker tcp://127.0.0.1:") and rest in said
    expected = FAULTS[fault].format(place="rank 1")
    for said in mpirun(3, "tests.support.blocks", fault):
        assert said.startswith(expected)


def test_ranks_that_were_given_different_parameters_are_told():
    for said in mpirun(2, "tests.support.blocks", "apart"):
        assert "the ranks were given different parameters" in said and "comm.bcast" in said


def test_a_worker_that_is_killed_changes_no_bit(tmp_path):
    recipes = [partial(slowly, i, str(tmp_path)) for i in range(40)]
    expected = al.grad(al.mean_over(blocks.loss, blocks.recipes(40, 30, None)))(P)
    with cluster(2) as client:
        total = al.mean_over(blocks.loss, recipes, on=client)
        with ThreadPoolExecutor(1) as pool:
            future = pool.submit(al.grad(total), P)
            while len(where(tmp_path)) < 2:
                time.sleep(0.01)
            victim = min(where(tmp_path))
            os.kill(victim, 9)
            gradient = future.result(timeout=60)
        assert same_trees(gradient, expected)
    assert victim != os.getpid()


def deadly(i, flag):
    """A block whose reader is killed, once."""
    if i == 3 and flag.exists():
        flag.unlink()
        os.kill(os.getpid(), 9)
    return blocks.recipes(8, 30, None)[i]()


def test_a_pool_without_its_process_says_what_to_do_and_another_goes_on(tmp_path):
    flag = tmp_path / "flag"
    flag.touch()
    recipes = [partial(deadly, i, flag) for i in range(8)]
    expected = al.grad(al.mean_over(blocks.loss, blocks.recipes(8, 30, None)))(P)
    with processes(1) as pool:
        total = al.mean_over(blocks.loss, recipes, on=pool)
        for _ in range(2):  # a pool that is broken stays so
            with pytest.raises(BrokenProcessPool) as broken:
                al.grad(total)(P)
            (note,) = broken.value.__notes__
            assert 'if __name__ == "__main__":' in note and "make another one" in note
    with processes(1) as pool:
        again = al.mean_over(blocks.loss, recipes, on=pool)
        assert same_trees(al.grad(again)(P), expected)
    with pytest.raises(RuntimeError, match="after shutdown") as closed:
        again(P)
    assert closed.value.__notes__ == [CLOSED]


def slowly(i, folder):
    block = blocks.leaving(i, folder, 30 - 3 * (i == 39))
    time.sleep(0.02)
    return block


# ---- what travels ----


def test_functions_of_a_script_travel_and_data_in_them_do_not():
    pytest.importorskip("cloudpickle")
    scale = 2.0
    with processes(1) as pool:
        x = np.arange(4.0)
        total = al.mean_over(lambda p, x: np.mean(p * x) * scale, al.blocks(x, rows=2), on=pool)
        assert total(1.0) == 3.0
        large = np.ones(2_000_000)
        heavy = al.mean_over(lambda p, x: np.mean(p * x) * large[0], al.blocks(x), on=pool)
        with pytest.raises(ValueError, match=r"the loss carries 16 MB .* goes into the blocks"):
            heavy(1.0)
        lock = Lock()
        with pytest.raises(TypeError, match=r"cannot go to another process: .*ThreadPoolExecutor"):
            al.mean_over(lambda p, x: np.mean(p * x) if lock else 0, al.blocks(x), on=pool)(1.0)


def test_unknown_engines_are_refused():
    with pytest.raises(TypeError, match="on = 4 cannot run blocks; give None, a concurrent"):
        al.mean_over(blocks.loss, blocks.recipes(), on=4)


# ---- memory ----


def peak_of(client, count):
    """The most bytes that were held at a time, here and in the workers, for so many blocks."""
    recipes = [partial(blocks.rows, i, 100_000) for i in range(count)]
    total = al.mean_over(blocks.loss, recipes, on=client)
    al.grad(total)(P)
    client.run(tracemalloc.start)
    tracemalloc.start()
    try:
        al.grad(total)({**P, "b": P["b"] + 1})
    finally:
        here = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        there = client.run(traced_peak)
    return here, sum(there.values())


def traced_peak():
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    return peak


@pytest.mark.slow
def test_four_times_as_many_blocks_take_no_more_memory():
    with cluster(1) as client:
        peak_of(client, 4)  # what is made once
        (here, there), (here_of_four, there_of_four) = peak_of(client, 16), peak_of(client, 64)
    one_block = 100_000 * (blocks.FEATURES + 1) * 8
    assert one_block < there < 12 * one_block  # else nothing was measured
    # What grows is what Dask remembers of its tasks: less than 5 % of what such processes hold.
    assert max(there_of_four - there, here_of_four - here) < one_block / 2


def resident():
    """The most bytes that this process ever held."""
    import resource  # which some systems lack

    unit = 1 if sys.platform == "darwin" else 1024
    return unit * resource.getrusage(resource.RUSAGE_SELF).ru_maxrss


@pytest.mark.skipif(PROFILE != "full", reason="6 GB of recipes take minutes")
def test_six_gigabytes_take_no_more_memory_than_one():
    """Peaks of client and workers grow by 5 % at most of what such processes hold."""
    block = 100_000 * (blocks.FEATURES + 1) * 8
    with cluster(2) as client:
        peak_of(client, 4)  # what is made once
        peaks = [peak_of(client, size * 10**9 // block) for size in (1, 6)]
        (here, there), (here_of_six, there_of_six) = peaks
        workers = sum(client.run(resident).values())
    assert 2 * block < there  # else nothing was measured
    assert here_of_six - here <= 0.05 * resident()
    assert there_of_six - there <= 0.05 * workers
