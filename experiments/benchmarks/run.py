"""Run benchmarks of this directory, each in a process of its own, and write what they measure to tables/<name>.md.

A benchmark is a module with a docstring (its heading and what is measured) and a function ``rows()`` that
yields dictionaries: ``what``, ``value`` (a number), ``unit``; and, where there is one, ``target`` (a number),
``better`` ("more" by default, or "less") and ``note``.

    python experiments/benchmarks/run.py             # all
    python experiments/benchmarks/run.py command     # the named ones
"""

import ast
import importlib
import importlib.metadata
import json
import os
import platform
import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
TABLES = HERE / "tables"
ONE_THREAD = {
    "OPENBLAS_NUM_THREADS": "1",
    "OMP_NUM_THREADS": "1",
    "MKL_NUM_THREADS": "1",
}  # as the command sets it
NO_USER_SETS = {"PYTHONDONTWRITEBYTECODE"}  # every start would compile every module's source again
HEADING = "| what | measured | unit | target | |\n|---|---:|---|---:|---|\n"


def main(names: list[str]) -> int:
    """Measure the benchmarks `names`, all if empty; return the exit status."""
    if names[:1] == ["--one"]:
        print("\n" + json.dumps(list(importlib.import_module(names[1]).rows())))
        return 0
    known = sorted(path.stem for path in HERE.glob("*.py") if path.stem != "run" and path.stem[0] != "_")
    unknown = sorted(set(names) - set(known))
    if unknown:
        print(
            f"error: no benchmark is named {', '.join(unknown)}; there are {', '.join(known)}",
            file=sys.stderr,
        )
        return 2
    failed = []
    for name in names or known:
        print(f"measuring {name} ...", file=sys.stderr, flush=True)
        section, right = measured(name)
        print(section, flush=True)
        if right:
            TABLES.mkdir(exist_ok=True)
            (TABLES / f"{name}.md").write_text(f"{section}\n{machine()}\n", encoding="utf-8")
        else:
            failed.append(name)
    if failed:
        print(
            f"error: could not measure {', '.join(failed)}; their tables are left as they were",
            file=sys.stderr,
        )
    return 1 if failed else 0


def measured(name: str) -> tuple[str, bool]:
    """Return the section of the benchmark `name`, and whether it could be measured."""
    source = (HERE / f"{name}.py").read_text(encoding="utf-8")
    title = ast.get_docstring(ast.parse(source)) or name
    command = [sys.executable, str(HERE / "run.py"), "--one", name]
    environment = {name: value for name, value in os.environ.items() if name not in NO_USER_SETS} | ONE_THREAD
    done = subprocess.run(command, capture_output=True, text=True, env=environment, check=False)
    heading, _, rest = title.partition("\n")
    text = f"# {heading.rstrip('.')}\n\n" + (f"{rest.strip()}\n\n" if rest.strip() else "")
    if done.returncode:
        return text + f"failed:\n\n```\n{done.stderr.strip()[-1500:]}\n```\n", False
    rows = json.loads(done.stdout.rstrip().splitlines()[-1])
    return text + HEADING + "".join(f"{line(row)}\n" for row in rows), True


def line(row: dict) -> str:
    """Return one row of a table."""
    less = row.get("better", "more") == "less"
    target = row.get("target")
    wanted = "" if target is None else f"{'≤' if less else '≥'} {number(target)}"
    missed = target is not None and (row["value"] > target if less else row["value"] < target)
    note = " ".join(filter(None, ["**missed**" if missed else "", row.get("note", "")]))
    return f"| {row['what']} | {number(row['value'])} | {row['unit']} | {wanted} | {note} |"


def number(value: float) -> str:
    """Return `value` with three significant digits."""
    return f"{value:,.0f}" if abs(value) >= 100 else f"{value:.3g}"


def machine() -> str:
    """Return a sentence on what the figures were measured with."""
    versions = ", ".join(f"{name} {importlib.metadata.version(name)}" for name in ("numpy", "numba", "scipy"))
    return (
        f"Measured on {processor()} with {os.cpu_count()} processors, {platform.system()}, "
        f"Python {platform.python_version()}, {versions}; linear algebra on one thread.\n"
        "Absolute figures hold for this machine, ratios carry over. Run again with `make bench`, or "
        "`python experiments/benchmarks/run.py` and the name of this file."
    )


def processor() -> str:
    """Return the processor's name as far as the system tells it."""
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    except OSError:
        lines = []
    names = [line.split(":", 1)[1].strip() for line in lines if line.startswith("model name")]
    return names[0] if names else platform.processor() or platform.machine()


if __name__ == "__main__":
    sys.path.insert(0, str(HERE))
    sys.exit(main(sys.argv[1:]))
