"""From text to machine code, once: object files are kept for the next process."""

from __future__ import annotations

import hashlib
import os
import tempfile
from collections.abc import Callable
from functools import cache, partial
from pathlib import Path
from typing import Any

import numpy as np

from autograd_lite.native.calling import DECLARED, SIGNATURE
from autograd_lite.native.code import CannotLower, Code

#: LLVM's own functions that the text may call.
INTRINSICS = "\n".join(
    f"declare {t} @llvm.{name}.{bits}({', '.join([t] * n)})"
    for t, bits in (("double", "f64"), ("float", "f32"))
    for name, n in (
        *(("fabs", 1), ("sqrt", 1), ("floor", 1), ("ceil", 1), ("trunc", 1)),
        *(("copysign", 2), ("fma", 3)),
    )
)
HINT = 'install llvmlite: pip install "autograd_lite[native]"'


def llvm() -> Any:
    """The binding of LLVM; ImportError with the line that installs it."""
    try:
        import llvmlite.binding  # type: ignore[import-untyped]
    except ImportError as error:
        raise ImportError(f"the native backend needs llvmlite; {HINT}") from error
    return llvmlite.binding


def is_installed() -> bool:
    try:
        llvm()
    except ImportError:
        return False
    return True


def machine() -> Any:
    """The machine that code is made for: this one.  Who makes code of it keeps it."""
    binding = llvm()
    start()
    target = binding.Target.from_default_triple()
    features = binding.get_host_cpu_features().flatten()
    return target.create_target_machine(
        cpu=binding.get_host_cpu_name(), features=features, opt=2, jit=True
    )


@cache
def start() -> None:
    """Have LLVM know this machine, and no fork come while another thread is inside of it.

    The child would wait for ever for a lock that nobody in it will release.
    """
    llvm().initialize_native_target()
    llvm().initialize_native_asmprinter()
    lock = getattr(llvm().ffi.lib, "_lock", None)
    if lock is not None and hasattr(os, "register_at_fork"):
        leave = partial(lock.__exit__, None, None, None)
        os.register_at_fork(before=lock.__enter__, after_in_parent=leave, after_in_child=leave)


def module_text(code: Code, signature: str, call: Code | None = None) -> str:
    """The whole text for a function with such a signature, as in ``i32 @run(ptr %args)``.

    ``call`` is the one that Python calls, if there is one.
    """
    outside = []
    parts = [code] if call is None else [code, call]
    for name in sorted({name for part in parts for name in part.symbols}):
        data = name.endswith("_data")
        outside.append(
            f"@{name} = external global i8" if data else f"declare void @{name}(ptr, ptr, ptr, ptr)"
        )
    outside += [DECLARED[name] for part in parts for name in part.functions]
    lines = [f"define {signature} {{", "entry:", *code.entry, *code.lines, "  ret i32 0", "}"]
    if call is not None:
        lines += [f"define {SIGNATURE} {{", "entry:", *call.entry, *call.lines, "}"]
    constants = [line for part in parts for line in part.constants]
    return "\n".join([INTRINSICS, *outside, *constants, *lines]) + "\n"


class MachineCode:
    """Machine code with its address; it lives as long as this does."""

    def __init__(self, code: Code, signature: str, call: Code | None = None) -> None:
        text = module_text(code, signature, call)
        key = hashlib.sha256(f"{version()}\n{text}".encode()).hexdigest()
        found = load(key)
        self.cached = found is not None
        start()
        for part in (code, call or code):
            for name, address in (part.symbols | part.functions).items():
                llvm().add_symbol(name, address)
        self.engine = engine(text, found, lambda made: store(key, made))
        self.address = self.engine.get_function_address("run")
        self.entry = self.engine.get_function_address("call") if call else 0


def engine(text: str, found: bytes | None, keep: Callable[[bytes], None]) -> Any:
    """What has the machine code of a text: that of an object file, or made here and to be kept."""
    binding = llvm()
    try:
        module = binding.parse_assembly(text)
        module.verify()
    except RuntimeError as error:
        raise CannotLower(f"LLVM does not take its code: {error}") from error
    made = binding.create_mcjit_compiler(module, machine())
    if found is None:
        optimize(binding, module)
    made.set_object_cache(lambda _, code: keep(code), lambda _: found)
    made.finalize_object()
    return made


def optimize(binding: Any, module: Any) -> None:
    """Make the text shorter, without touching the order of any sum."""
    options = binding.create_pipeline_tuning_options(speed_level=2)
    options.slp_vectorization = options.loop_vectorization = True
    builder = binding.create_pass_builder(machine(), options)
    manager = builder.getModulePassManager()
    manager.run(module, builder)
    if type(manager)._dispose is binding.ffi.ObjectRef._dispose:  # llvmlite forgets to free it
        binding.newpassmanagers.NewPassManager._dispose(manager)


@cache
def version() -> str:
    """What object files depend on besides the text."""
    binding = llvm()
    return repr(
        (
            *(1, np.__version__, binding.llvm_version_info, binding.get_host_cpu_name()),
            binding.get_host_cpu_features().flatten(),
        )
    )


def folder() -> Path | None:
    """Where object files are kept; None if the user wants none."""
    given = os.environ.get("AUTOGRAD_LITE_CACHE")
    if given is not None:
        return Path(given) if given not in ("", "0", "off") else None
    try:
        base = Path(os.environ.get("XDG_CACHE_HOME") or "~/.cache").expanduser()
    except RuntimeError:  # nobody is at home
        return None
    return base / "autograd_lite"


def load(key: str) -> bytes | None:
    """An object file that was kept, if it is whole."""
    place = folder()
    if place is None:
        return None
    try:
        found = (place / f"{key}.o").read_bytes()
    except OSError:
        return None
    made = found[32:]
    return made if sealed(key, made) == found else None


def sealed(key: str, made: bytes) -> bytes:
    """What is kept in a file: an object file behind a digest that tells damage and another name."""
    return hashlib.sha256(key.encode() + made).digest() + made


def store(key: str, made: bytes) -> None:
    """Keep an object file; where that fails, the next process compiles again."""
    place = folder()
    if place is None:
        return
    try:
        place.mkdir(parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(dir=place, suffix=".tmp")
        try:
            with os.fdopen(handle, "wb") as file:
                file.write(sealed(key, made))
            os.replace(name, place / f"{key}.o")
        except OSError:
            os.unlink(name)
    except OSError:
        pass
