"""Runs the notebooks without a notebook server, and stores what their cells print and draw.

Run it as ``python docs/run_notebooks.py [docs/notebooks/NAME.ipynb ...]``; without names it runs all of them.

Cells are plain Python. As in Jupyter, the value of a last expression is shown, and so is every figure that a cell
leaves open. Nothing is stored that depends on when or where they were run.
"""

import ast
import base64
import contextlib
import io
import json
import sys
from pathlib import Path
from typing import Any

import matplotlib as mpl

NOTEBOOKS = Path(__file__).resolve().parent / "notebooks"
DOTS_PER_INCH = 80


def run(notebook: dict[str, Any]) -> dict[str, Any]:
    r"""Return the notebook with the outputs of all its cells, each run once, from the first to the last.

    Examples
    --------
    >>> cell = {"cell_type": "code", "source": ["x = 2\n", "print(x)\n", "x + 1"]}
    >>> outputs = run({"cells": [cell]})["cells"][0]["outputs"]
    >>> outputs[0]["text"], outputs[1]["data"]["text/plain"]
    (['2\n'], ['3'])
    """
    mpl.use("Agg")
    names: dict[str, Any] = {"__name__": "__main__"}
    count, cells = 0, []
    for cell in notebook["cells"]:
        if cell["cell_type"] != "code":
            cells.append(cell)
            continue
        count += 1
        outputs = _outputs("".join(cell["source"]), names, count)
        cells.append({**cell, "execution_count": count, "outputs": outputs})
    return {**notebook, "cells": cells}


def text_of(notebook: dict[str, Any]) -> list[str]:
    """Return everything that a notebook's stored outputs say, cell by cell, without its figures."""
    outputs = [output for cell in notebook["cells"] for output in cell.get("outputs", [])]
    told = ["".join(output.get("text") or output["data"].get("text/plain", [])) for output in outputs]
    return [text for text in told if text]


def read(path: Path) -> dict[str, Any]:
    """Return a notebook as it is stored."""
    notebook: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return notebook


def _outputs(source: str, names: dict[str, Any], count: int) -> list[dict[str, Any]]:
    import matplotlib.pyplot as plt

    tree = ast.parse(source)
    last = tree.body.pop() if tree.body and isinstance(tree.body[-1], ast.Expr) else None
    printed = io.StringIO()
    with contextlib.redirect_stdout(printed):
        exec(compile(tree, f"cell {count}", "exec"), names)
        value = eval(compile(ast.Expression(last.value), f"cell {count}", "eval"), names) if last else None
    outputs: list[dict[str, Any]] = []
    if printed.getvalue():
        outputs.append({"name": "stdout", "output_type": "stream", "text": _lines(printed.getvalue())})
    for number in plt.get_fignums():
        outputs.append(_shown({"image/png": _image(plt.figure(number))}))
        plt.close(number)
    if value is not None:
        outputs.append({**_shown({"text/plain": _lines(repr(value))}), "output_type": "execute_result"})
        outputs[-1]["execution_count"] = count
    return outputs


def _shown(data: dict[str, Any]) -> dict[str, Any]:
    return {"data": data, "metadata": {}, "output_type": "display_data"}


def _image(figure: Any) -> str:
    drawn = io.BytesIO()
    figure.savefig(drawn, dpi=DOTS_PER_INCH, bbox_inches="tight", metadata={"Software": None})
    return base64.b64encode(drawn.getvalue()).decode() + "\n"


def _lines(text: str) -> list[str]:
    return text.splitlines(keepends=True)


if __name__ == "__main__":
    for path in map(Path, sys.argv[1:]) if sys.argv[1:] else sorted(NOTEBOOKS.glob("*.ipynb")):
        done = run(read(path))
        path.write_text(json.dumps(done, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
        print(f"written: {path}")
