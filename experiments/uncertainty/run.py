"""Which uncertainties decide: python experiments/uncertainty/run.py [points as it happened] [points in equilibrium]."""

import re
import subprocess
import sys
from pathlib import Path

from sim.app.experiment import given, publish
from sim.files import write_whole
from sim.report.sweep_words import sweep_findings, sweep_headline
from sim.study.analysis.findings import findings
from sim.study.sweep.results import sweep_table

HERE = Path(__file__).parent
STUDIES = {  # study: the outcome that is told, and the drawing of it that is kept beside what moves it
    "crisis_lhs": ("collapse_probability", "regimes"),
    "crisis_equilibrium": ("months_to_collapse", "prim"),
}


def swept(study, points):
    """Sweep, or go on with a sweep begun before, in results/sweep; return its directory."""
    command = [sys.executable, "-m", "sim", "sweep", f"study={study}", f"study.design.size={points}"]
    said = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True).stdout
    return Path(re.search(rf"\S*{study}-\w+(-\d+)?", said)[0])


def measure(sizes):
    told, pictures = {}, {}
    for (study, (outcome, drawing)), points in zip(STUDIES.items(), sizes, strict=True):
        place = swept(study, points)
        found = findings(sweep_table(place), outcome)
        told[study] = {"points": points, "outcome": outcome}
        told[study]["said"] = [sweep_headline(found), *sweep_findings(found)]
        for kind, name in (("tornado", "sensitivity"), (drawing, "discovery")):
            pictures[f"{study}_{name}"] = (place / "figures" / f"{kind}_{outcome}.png").read_bytes()
    return told, pictures


def sentences(numbers):
    names = {"crisis_lhs": "As it happened", "crisis_equilibrium": "In equilibrium"}
    return [f"{name}: {said}" for study, name in names.items() for said in numbers[study]["said"]]


if __name__ == "__main__":
    found, pictures = measure(given(100_000, 1000))
    publish(HERE, found, sentences(found), pictures.pop("crisis_lhs_sensitivity"))
    for name, picture in pictures.items():
        write_whole(HERE / f"{name}.png", picture)
