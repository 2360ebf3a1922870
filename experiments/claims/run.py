"""Test the claims over prior draws and write the record: python experiments/claims/run.py [draws]."""

import json
import os
import subprocess
import sys
from pathlib import Path

import numpy as np

from sim.app.automata import AutomatonShelf
from sim.app.plan import load
from sim.study.claims.catalogue import CLAIMS, check_claims
from sim.study.claims.claim import ClaimResult, Measured
from sim.study.claims.worlds import Worlds
from sim.study.progress import silent

SEED = 20190802
DRAWS = 32
RECORD = Path(__file__).parent / "shares.json"
README = Path(__file__).parent / "README.md"
BEGIN, END = "<!-- table of run.py: begin -->\n", "<!-- table of run.py: end -->\n"


def worlds(draws, counterfactual_draws, progress=silent):
    plans = {name: load(name, [f"engine.seed={SEED}"]) for name in ("inf_2019", "inf_1988")}
    plan = plans["inf_2019"]
    return Worlds(
        {name: each.scenario for name, each in plans.items()},
        AutomatonShelf(),
        draws=draws,
        counterfactual_draws=counterfactual_draws,
        seed=SEED,
        solver=plan.solver,
        horizon_months=plan.engine.horizon_months,
        workers=os.cpu_count() or 1,
        progress=progress,
    )


def written(measured: Measured) -> dict:
    return {
        "share": round(measured.share, 4),
        "standard_error": round(measured.standard_error, 4),
        "draws": len(measured.holds),
        "usable": [int(each) for each in measured.usable],
        "parts": {name: [int(each) for each in holds] for name, holds in measured.parts.items()},
        "effects": {
            name: {
                "mean": rounded(values.mean()),
                "low": rounded(values.min()),
                "high": rounded(values.max()),
            }
            for name, values in measured.effects.items()
        },
    }


def rounded(number) -> float:
    return float(f"{number:.6g}")


def commit() -> str:
    found = subprocess.run(
        ["git", "describe", "--always", "--dirty"],
        cwd=RECORD.parent,
        capture_output=True,
        text=True,
        check=False,
    )
    return found.stdout.strip() or "unknown"


def record(results: list[ClaimResult], rationality: float, version: str) -> dict:
    return {
        "seed": SEED,
        "rationality": rationality,
        "commit": version,
        "claims": {
            str(each.claim.number): {
                "sentence": each.claim.sentence,
                "found": written(each.found),
                "counterfactual": written(each.counterfactual),
            }
            for each in results
        },
    }


def share_of(entry: dict, part: str) -> float:
    return float(np.mean(np.array(entry["parts"][part])[np.array(entry["usable"]) > 0]))


def table(made: dict) -> str:
    """Return the record as a table: every claim, then the parts of those that have several."""
    lines = [
        "| claim | holds in | draws | counterfactual | draws |",
        "|---|---|---|---|---|",
    ]
    for number, entry in made["claims"].items():
        found, other = entry["found"], entry["counterfactual"]
        lines.append(
            f"| **{number}** {entry['sentence']} | **{found['share']:.2f}** ± {found['standard_error']:.2f} | "
            f"{found['draws']} | {other['share']:.2f} ± {other['standard_error']:.2f} | {other['draws']} |"
        )
        if len(found["parts"]) > 1:
            for name in found["parts"]:
                shares = [share_of(each, name) for each in (found, other)]
                lines.append(f"| · {name.replace('_', ' ')} | {shares[0]:.2f} | | {shares[1]:.2f} | |")
    lines += [
        "",
        f"Seed {made['seed']}, rationality {made['rationality']:g}, commit {made['commit']}.",
    ]
    return "\n".join(lines) + "\n"


def main(arguments: list[str]) -> None:
    draws = int(arguments[0]) if arguments else DRAWS
    file = Path(arguments[1]) if len(arguments) > 1 else RECORD

    def progress(label: str, share: float) -> None:
        if sys.stderr.isatty():
            print(f"\r{label}: {share:4.0%}", end="", file=sys.stderr, flush=True)

    place = worlds(draws, max(2, draws // 4), progress)
    version, results = commit(), []
    for number in CLAIMS:
        (each,) = check_claims(place, [number])
        results.append(each)
        share = f"{each.found.share:.2f} ± {each.found.standard_error:.2f}"
        print(f"{number}: {share}, counterfactual {each.counterfactual.share:.2f}   {each.claim.sentence}")
        for measured in (each.found, each.counterfactual):
            shares = ", ".join(
                f"{name} {np.mean(holds[measured.usable]):.2f}" for name, holds in measured.parts.items()
            )
            means = ", ".join(
                f"{name} {values[measured.usable].mean():.4g}" for name, values in measured.effects.items()
            )
            print(f"     {shares}\n     {means}", flush=True)
    made = record(results, place.solver.rationality, version)
    file.write_text(json.dumps(made, indent=1) + "\n")
    if file == RECORD:
        before, rest = README.read_text().split(BEGIN)
        README.write_text(before + BEGIN + table(made) + END + rest.split(END)[1])


if __name__ == "__main__":
    main(sys.argv[1:])
