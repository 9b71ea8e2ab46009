"""Native code in threads, in processes that are forked or spawned, and through many compiles."""

import gc
import multiprocessing
import os
import subprocess
import sys
import threading

import numpy as np
import pytest

import autograd_lite as al
from tests.support import natively

pytest.importorskip("llvmlite", reason="native code needs llvmlite")

from autograd_lite.native import building, running

pytestmark = pytest.mark.slow

METHODS = multiprocessing.get_all_start_methods()

# ---- processes ----


@pytest.mark.parametrize("before", [False, True], ids=["first there", "first here"])
@pytest.mark.parametrize("method", METHODS)
@pytest.mark.filterwarnings("ignore:.*use of fork:DeprecationWarning")
def test_processes_have_the_same_bits(method, before):
    """What was compiled before a fork runs in the child; what was not is compiled there."""
    for one in natively.COMPILED:
        one.programs.clear()
    if before:
        natively.compiled_bits(0)
    expected = [natively.eager_bits(i) for i in range(4)]
    with multiprocessing.get_context(method).Pool(2) as pool:
        assert pool.map(natively.compiled_bits, range(4)) == expected
    assert [*map(natively.compiled_bits, range(4))] == expected


FORKS = """
import os, signal, threading
import numpy as np, autograd_lite as al

f = lambda x: np.sum(np.tanh(x) * x) + 1.0
x, done = np.ones(3), threading.Event()
shared = al.compile(f, backend="native")
expected = shared(x)


def work(compiled):
    while not done.is_set():
        one = compiled or al.compile(f, backend="native")
        one.programs = []
        one(x)


threads = [threading.Thread(target=work, args=[one]) for one in (shared, None)]
for thread in threads:
    thread.start()
for _ in range(15):
    child = os.fork()
    if child == 0:
        signal.alarm(60)
        shared.programs = []
        os._exit(int(shared(x) != expected))
    _, status = os.waitpid(child, 0)
    if status:
        break
done.set()
for thread in threads:
    thread.join()
raise SystemExit(status)
"""


@pytest.mark.slow
@pytest.mark.skipif(not hasattr(os, "fork"), reason="there are no forks here")
def test_a_fork_while_other_threads_compile():
    """No child waits for a lock that was held by a thread which it does not have."""
    environment = os.environ | {"AUTOGRAD_LITE_CACHE": "off"}
    run = [sys.executable, "-W", "ignore", "-c", FORKS]
    assert subprocess.run(run, env=environment, timeout=300).returncode == 0


# ---- threads ----


def together(*works):
    """Run functions in threads at once; what each returned or raised."""
    found, ready = [None] * len(works), threading.Barrier(len(works))

    def run(i):
        ready.wait()
        try:
            found[i] = works[i]()
        except Exception as error:
            found[i] = error

    threads = [threading.Thread(target=run, args=[i]) for i in range(len(works))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return found


def test_threads_compile_at_once():
    works = [lambda i=i: natively.compiled_bits(i % 3) for i in range(8)]
    for one in natively.COMPILED:
        one.programs.clear()
    assert together(*works) == [natively.eager_bits(i % 3) for i in range(8)]


def test_threads_with_arguments_of_other_shapes():
    f = al.grad(lambda x: np.sum(np.sin(x) * x))
    compiled = al.compile(f, backend="native")

    def work(n):
        x = np.linspace(0, 1, n)
        return [compiled(x * k).tobytes() == f(x * k).tobytes() for k in range(20)]

    assert together(*[lambda n=n: work(2 + n % 4) for n in range(8)]) == [[True] * 20] * 8


# ---- memory ----


def compile_and_call(calls=2):
    x, w = np.linspace(0, 1, 4), np.ones((2, 2))
    step = lambda h, x: (np.tanh(w @ h + x), np.sum(h))
    functions = [
        lambda x: np.sum(np.tanh(x) * x) + 1.0,
        al.grad(lambda x: np.sum(np.sin(x) * x)),
        lambda x: np.sum(np.sort(np.exp(x) * 2.0) * x - 1.0),
        al.grad(lambda x: np.sum(al.scan(step, np.zeros(2), x.reshape(2, 2))[1])),
    ]
    compiled = [al.compile(f, backend="native") for f in functions]
    for one in compiled:
        for _ in range(calls):
            one(x)
    return compiled


def alive():
    gc.collect()
    kinds = (building.MachineCode, running.NativeBlock, running.NativeScan)
    found = [x for x in gc.get_objects() if isinstance(x, kinds)]
    return len(found), len(gc.get_objects())


def test_what_is_compiled_goes_with_its_function():
    for _ in range(2):
        compile_and_call()
    codes, objects = alive()
    for _ in range(50):  # 200 compiles
        compile_and_call()
    assert alive()[0] == codes
    assert alive()[1] - objects < 100  # a list for each would be more


COMPILES = """
import os, resource
import numpy as np, autograd_lite as al
os.environ["AUTOGRAD_LITE_CACHE"] = "off"
x = np.ones(3)


def compiles(n):
    for _ in range(n):
        al.compile(lambda x: np.sum(np.tanh(x) * x) + 1.0, backend="native")(x)
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss


before = compiles(100)
print(compiles(300) - before)
"""


@pytest.mark.slow
@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="kilobytes are Linux's unit")
def test_new_compiles_leave_no_memory():
    """LLVM's memory is no object of Python's: its passes alone are 50 kB of each compile."""
    run = [sys.executable, "-c", COMPILES]
    grown = subprocess.run(run, capture_output=True, encoding="utf-8", check=True).stdout
    assert int(grown) < 300 * 20


def blocks_of_memory(n, calls):
    for _ in range(n):
        calls()
    gc.collect()
    return sys.getallocatedblocks()


def test_calls_leave_nothing():
    compiled = compile_and_call()
    x, bad = np.linspace(0, 1, 4), np.array([0.0, np.inf, 1.0, 2.0])

    def calls():
        with np.errstate(all="ignore"):
            for one in compiled:
                one(x)
                one(bad)  # which NumPy repeats, for its warnings
                one(x[::-1])

    before = blocks_of_memory(100, calls)
    assert blocks_of_memory(1000, calls) - before < 500


def test_files_and_descriptors_are_closed(monkeypatch, tmp_path):
    monkeypatch.setenv("AUTOGRAD_LITE_CACHE", str(tmp_path))
    folder = "/proc/self/fd"
    if not os.path.isdir(folder):
        pytest.skip("the system does not say which files are open")
    compile_and_call()
    before = len(os.listdir(folder))
    for _ in range(5):
        for name in os.listdir(tmp_path):
            os.unlink(tmp_path / name)
        compile_and_call()
    assert len(os.listdir(folder)) <= before
