"""Draw the regions of signalling: python experiments/signalling/run.py [points per axis]."""

from pathlib import Path

import numpy as np

from sim.app.experiment import given
from sim.games.reassurance import Reassurance
from sim.games.ultimatum_game import UltimatumGame
from sim.report.signalling_regions import demonstration_figure, reassurance_figure
from sim.report.style import PNG_DPI, house_style
from sim.study.signalling_regions import demonstration_regions, reassurance_regions

HERE = Path(__file__).parent
POINTS = 40


def main(points: int) -> None:
    grid = (np.arange(points) + 0.5) / points
    ultimatum, trust = UltimatumGame(), Reassurance(trust=0.5, stake=0.5)
    note = f"{points} x {points} points, numbers assumed"
    with house_style():
        display = demonstration_figure(demonstration_regions(ultimatum, grid, grid), ultimatum, note)
        display.savefig(HERE / "display.png", dpi=PNG_DPI)
        band = reassurance_figure(reassurance_regions(trust, grid, grid), trust, note)
        band.savefig(HERE / "reassurance.png", dpi=PNG_DPI)
    print(f"written to {HERE / 'display.png'} and {HERE / 'reassurance.png'}")


if __name__ == "__main__":
    main(*given(POINTS))
