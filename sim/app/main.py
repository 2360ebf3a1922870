"""The command ``treaty-sim``: takes off the verb and hands the rest to the verb's command.

Nothing heavy is imported here, so that ``--help`` answers at once.
"""

import atexit
import gc
import os
import sys
from collections.abc import Callable, Sequence
from importlib import import_module

COMMANDS: dict[str, tuple[str, str]] = {  # verb: (module, what it does)
    "run": ("sim.app.commands.run", "build the game, solve it, play it, write figures and a report"),
    "solve": ("sim.app.commands.solve", "equilibria with certificates, of the treaty or of a matrix game"),
    "sweep": ("sim.app.commands.sweep", "a design over uncertainties and levers, resumable"),
    "history": (
        "sim.app.commands.history",
        "the observed path step by step; calibrate=true fits the weights to it",
    ),
    "seminar": ("sim.seminar.command", "the classroom web page, for a class or one visitor"),
    "verify": ("sim.app.commands.verify", "every reference model against its closed form"),
    "check": ("sim.app.commands.check", "compose, validate and build without running"),
    "compare": (
        "sim.app.commands.compare",
        "policies against a baseline on the same draws, with a one-page report",
    ),
    "bargain": (
        "sim.app.commands.bargain",
        "deals: zone of agreement, who holds to what; `bargain find target=0.9` looks for what keeps it alive",
    ),
    "replay": ("sim.app.commands.replay", "play a run again from its directory, or print one play of it"),
    "gather": ("sim.app.commands.gather", "one table of the runs of -m"),
    "outcomes": ("sim.app.commands.outcomes", "the dictionary of outcomes with their units"),
    "completion": ("sim.app.commands.completion", "a script by which bash, zsh or fish complete commands"),
}

INTERRUPTED = 130
"""Exit status after Ctrl-C, as shells have it."""

EXAMPLES = """\
  treaty-sim run                                    the default scenario, inf_2019
  treaty-sim run scenario=inf_1988 engine=quick     another scenario, fewer draws and plays
  treaty-sim run reading=moscow treaty.detection=[uniform,0.2,0.8]
  treaty-sim run strategy=grim_trigger strategy.russia=tit_for_tat
  treaty-sim run -m reading=washington,neutral,moscow
  treaty-sim solve game=prisoners_dilemma           a textbook game, or a matrix of your own
  treaty-sim compare policies=[better_verification,nato_mediating]
  treaty-sim bargain bargain.most_issues=2          every deal over two issues: who gains, what holds
  treaty-sim replay results/run/DATE/TIME-inf_2019 draw=3 replication=17
  treaty-sim sweep study=verification_grid          a design over parameters; the same command goes on
  treaty-sim history calibrate=true                 how surprised the model is by what happened
  treaty-sim check --explain treaty.detection       where a value comes from"""


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the command line; exits with 0, 1 on an error of value, 2 on an error of use, 130 on Ctrl-C."""
    given = list(sys.argv[1:] if arguments is None else arguments)
    if arguments is None:  # the process is ours
        # what is imported stays: a tenth of a run went into looking for it to go, and another at the end
        gc.set_threshold(200_000, 50, 50)
        atexit.register(gc.freeze)
    for library in ("OPENBLAS", "MKL", "OMP"):  # before NumPy loads it: its threads compete with our own
        os.environ.setdefault(f"{library}_NUM_THREADS", "1")
    verb, rest = (given[0], given[1:]) if given else ("--help", [])
    if verb in ("--help", "-h", "help"):
        sys.stdout.write(help_text())
    elif verb == "--version":
        from importlib.metadata import version

        sys.stdout.write(f"treaty-sim {version('treaty-sim')}\n")
    elif verb in COMMANDS:
        try:
            command: Callable[[Sequence[str]], None] = import_module(COMMANDS[verb][0]).command
            command(rest)
        except KeyboardInterrupt:
            sys.stderr.write("error: interrupted: files that were not finished are not there\n")
            raise SystemExit(INTERRUPTED) from None
        except BrokenPipeError:  # whoever read our output, `head` for instance, has seen enough
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
            raise SystemExit(1) from None
    else:
        sys.stderr.write(
            f"error: the command must be one of {', '.join(COMMANDS)}, got {verb!r}; see treaty-sim --help\n"
        )
        raise SystemExit(2)


def help_text() -> str:
    """Return what ``treaty-sim --help`` prints.

    Examples
    --------
    >>> help_text().splitlines()[0]
    'treaty-sim COMMAND [key=value ...]: a negotiation simulator for arms-control treaties'
    """
    lines = ["treaty-sim COMMAND [key=value ...]: a negotiation simulator for arms-control treaties", ""]
    lines += [f"  {verb:10} {sentence}" for verb, (_, sentence) in COMMANDS.items()]
    lines += ["", "examples", EXAMPLES, ""]
    lines += [
        "Everything after the command is Hydra's grammar: -m runs every combination, --cfg job shows the",
        "configuration, --config-dir DIR adds your own configs; treaty-sim run --help lists the groups.",
    ]
    return "\n".join(lines) + "\n"
