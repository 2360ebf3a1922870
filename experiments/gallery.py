"""Regenerate the small gallery that the README shows: ``python experiments/gallery.py``.

Runs the default scenario and the treaty of 1988, and keeps of each the figures named below and the numbers
behind them.
"""

import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

GALLERY = Path(__file__).resolve().parents[1] / "results" / "gallery"
RUNS = {"inf_2019": ["engine.draws=16"], "inf_1988": ["engine=quick", "engine.draws=4"]}
KEPT = ("figures/survival.png", "figures/stage_game.png", "summary.json")


def keep(run: Path, name: str) -> None:
    """Copy what the gallery shows of one finished run."""
    target = GALLERY / name
    target.mkdir(parents=True, exist_ok=True)
    for file in KEPT:
        shutil.copyfile(run / file, target / Path(file).name)


if __name__ == "__main__":
    for name, overrides in RUNS.items():
        with tempfile.TemporaryDirectory() as directory:
            run = Path(directory) / name
            command = [sys.executable, "-m", "sim", "run", f"scenario={name}", *overrides]
            subprocess.run([*command, f"hydra.run.dir={run}"], check=True)
            keep(run, name)
