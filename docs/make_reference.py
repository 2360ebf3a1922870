"""Writes the reference in ``docs/reference`` from the code and the configs; a test says when it is out of date.

python docs/make_reference.py
"""

import inspect
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import MISSING, fields, is_dataclass
from importlib import import_module
from pathlib import Path
from typing import Any

import yaml
from omegaconf import OmegaConf

ROOT = Path(__file__).resolve().parents[1]
CONFIGS, REFERENCE = ROOT / "configs", ROOT / "docs" / "reference"
OTHERS = (
    *("solver", "engine", "stage", "beliefs", "comparison", "policies", "calibrate", "calibration", "study"),
    *("executor", "match", "game", "seminar"),
)
MADE = "<!-- made by docs/make_reference.py: edit the code or the configs, not this page -->\n\n"


def pages() -> dict[str, str]:
    """Return every page by its file name."""
    made = {"commands.md": commands(), "configs.md": configs(), "game.md": game(), "python.md": python()}
    return {name: MADE + text.rstrip() + "\n" for name, text in made.items()}


def commands() -> str:
    """Return the page of commands, as ``--help`` describes them."""
    from sim.app.hydra_door import MULTIRUN, NO_MULTIRUN
    from sim.app.main import COMMANDS, INTERRUPTED, help_text

    rows = []
    for verb, (module, sentence) in COMMANDS.items():
        detail = " ".join((import_module(module).__doc__ or "").split("\n\n", 1)[0].split())
        rows.append((f"`{verb}`", sentence, detail, "no" if verb in NO_MULTIRUN else "yes"))
    return "\n".join([
        "# Commands\n",
        "`treaty-sim --help` prints:\n",
        f"```\n{help_text().rstrip()}\n```\n",
        _table(("command", "does", "in more words", f"with {MULTIRUN[0]}"), rows),
        f"\nExit status: 0 done, 1 a value is wrong (one line says which), 2 the command is used wrongly, "
        f"{INTERRUPTED} interrupted. An unexpected exception keeps its traceback; `HYDRA_FULL_ERROR=1` shows "
        "every one. `treaty-sim --version` prints the version.",
    ])  # fmt: skip


def configs() -> str:
    """Return the page of configs: groups and their files, every number with unit and source, every key."""
    from sim.app.build import compose, typed
    from sim.app.plan import plan_of

    config = compose()
    plan = plan_of(typed(config))
    scenario = plan.scenario
    plain = OmegaConf.to_container(config, resolve=True)
    parts = [
        "# Configs\n",
        "Every key of the configuration, what it is by default, and where each number comes from. Later wins: "
        "defaults, actors and treaty, reading, scenario, experiment, policy, command line. "
        "`treaty-sim check --explain KEY` says what set a key. Where a source begins with *assumed*, "
        "somebody's judgement stands in for knowledge. A list whose first entry is a word is a distribution, "
        "drawn once per parameter draw.\n",
        "## Groups\n",
        "A group takes the name of one of its files: `scenario=inf_1988`. A file of yours in `mine/GROUP/` "
        "is found with `--config-dir mine`.\n",
    ]
    for directory in sorted(path for path in CONFIGS.iterdir() if path.is_dir()):
        rows = [(f"`{file.stem}`", *_told(file)) for file in sorted(directory.glob("*.yaml"))]
        parts += [f"### {directory.name}\n", _table(("file", "is", "source"), rows), ""]
    numbers = {path: (value, scenario.about[path]) for path, value in scenario.numbers.items()}
    parts += [
        "## Treaty\n",
        "The default, `treaty=inf` with `reading=neutral`.\n",
        _table(("key", "value", "unit", "source"), _numbers(numbers, "treaty.")),
        "\n## Actors\n",
        _table(("key", "value", "unit", "source"), [
            row for row in _numbers(numbers, "actors.") if ".weights." not in row[0]
        ]),
        "\n## Weights\n",
        "One weight per payoff term and actor, of the kind that [the term](game.md#payoff-terms) has. A weight that "
        "is not listed is zero: no stake in the term. One payoff unit is a year of the treaty's predictability "
        "to NATO.\n",
        _table(("key", "value", "unit", "source"), [
            row for row in _numbers(numbers, "actors.") if ".weights." in row[0] and "no stake" not in row[3]
        ]),
        "\n## Start and components\n",
        "Of the scenario `inf_2019`; every scenario file sets its own.\n",
        _keys(plain, ("start", "components")),
        "\n## Everything else\n",
        _keys(plain, OTHERS),
        "\n## Strategies\n",
        _vocabulary(),
    ]  # fmt: skip
    return "\n".join(parts)


def game() -> str:
    """Return the page of the treaty game's tables."""
    from sim.engine.outcomes import outcomes_of
    from sim.games.treaty.moves import MEANING
    from sim.games.treaty.situation import Agenda, Phase
    from sim.games.treaty.terms import DEFERRED, TERMS
    from sim.games.treaty.transitions import TRANSITIONS, Kernel, Signal

    names = [
        (what, ", ".join(f"`{each.name.lower()}`" for each in kind))
        for what, kind in (("phases", Phase), ("agenda", Agenda), ("kernels", Kernel), ("signals", Signal))
    ]
    return "\n".join([
        "# The treaty game in tables\n",
        "[The model](../model.md) has the equations.\n",
        "## State\n",
        _table(("component", "values"), names),
        "\n## Moves\n",
        "Which are legal where stands in [`moves.py`](../../sim/games/treaty/moves.py).\n",
        _table(("move", "does"), [(f"`{move.name.lower()}`", said) for move, said in MEANING.items()]),
        "\n## Transitions\n",
        _table(("rule", "what happens"), TRANSITIONS.items()),
        "\n## Payoff terms\n",
        "A flow is per year, a lump is once. Deferred, so unobserved in play: "
        f"{', '.join(f'`{term}`' for term in DEFERRED)}.\n",
        _table(("term", "is"), [(f"`{term}`", said) for term, said in TERMS.items()]),
        "\n## Outcomes\n",
        _table(("outcome", "unit", "meaning"), [
            (f"`{each.name}`", each.unit, each.meaning) for each in outcomes_of(["usa", "russia", "nato", "china"])
        ]),
    ])  # fmt: skip


def python() -> str:
    """Return the page of public Python names, from their signatures and docstrings."""
    import sim
    from sim import errors
    from sim.solvers.solve import BATCH_SOLVERS, SOLVERS

    parts = [
        "# Public names in Python\n",
        "These names are stable: `import sim`, then `sim.NAME`. Everything else may move "
        "([deprecation](../install.md#versions-and-deprecation)).\n",
        _table(
            ("name", "does"),
            [(f"[`{name}`](#{name.lower()})", _summary(getattr(sim, name))) for name in sim.__all__],
        ),
    ]
    for name in sim.__all__:
        thing = getattr(sim, name)
        parts += [f"\n## {name}\n", f"```\n{_signature(name, thing)}\n```\n", _docstring(thing)]
    rows = []
    for (kind, concept), where in SOLVERS.items():
        module, function = where.split(":")
        solver = getattr(import_module(module), function)
        options = [str(each) for each in list(inspect.signature(solver).parameters.values())[1:]]
        path = f"sim/{module.removeprefix('sim.').replace('.', '/')}.py"
        rows.append((kind, f"`{concept}`", _code(options), f"[`{module}`](../../{path})"))
    parts += [
        "\n## Concepts\n",
        "What `sim.solve(game, concept=…)` takes, by class of game; the usual concept comes first. Options are "
        f"keywords. `sim.solve_batch` takes {', '.join(f'`{name}`' for name in BATCH_SOLVERS)}.\n",
        _table(("game", "concept", "options", "file"), rows),
        "\n## Errors\n",
        _table(("error", "when"), [
            (f"`sim.errors.{name}`", _summary(kind))
            for name, kind in vars(errors).items() if inspect.isclass(kind)
        ]),
    ]  # fmt: skip
    return "\n".join(parts)


def _table(head: Sequence[str], rows: Iterable[Sequence[Any]]) -> str:
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join(f"| {' | '.join(_cell(each) for each in line)} |" for line in lines)


def _cell(value: Any) -> str:
    return " ".join(str(value).split()).replace("|", "\\|").replace("<", "&lt;")


def _told(file: Path) -> tuple[str, str]:
    """Return what a config file says that it is, and its source."""
    text = file.read_text(encoding="utf-8")
    content: Any = yaml.safe_load(text) or {}
    inner = content.get(file.parent.name)
    told = {**content, **(inner if isinstance(inner, Mapping) else {})}
    said = " ".join(
        str(told[key]).rstrip(".") + "." for key in ("title", "question", "sentence") if told.get(key)
    )
    comment = re.match(r"(?:# @package \S+\n)?((?:# [^\n]+\n)+)", text)
    said = said.replace("?.", "?") or (re.sub(r"^# ", "", comment[1], flags=re.M) if comment else "")
    source = told.get("source")
    return said, source if isinstance(source, str) else ""


def _numbers(numbers: Mapping[str, Any], *starts: str) -> list[tuple[str, str, str, str]]:
    return [
        (
            f"`{path}`",
            f"`{_shown(value)}`",
            about.unit,
            ("*assumed*: " if about.assumed else "") + about.source,
        )
        for path, (value, about) in numbers.items()
        if path.startswith(starts)
    ]


def _shown(value: Any) -> str:
    return (
        yaml.safe_dump(_plain(value), default_flow_style=True, width=10_000).removesuffix("\n...\n").strip()
    )


def _plain(value: Any) -> Any:
    if hasattr(value, "as_list"):
        return value.as_list()
    if is_dataclass(value):
        given = [getattr(value, each.name) for each in fields(value)]
        return [type(value).__name__.lower(), *given]
    return value


def _keys(plain: Any, names: Sequence[str]) -> str:
    """Return a table of the keys below `names`, with what the tree ``about`` says of them."""
    rows = [row for name in names for row in _leaves(name, plain[name], plain["about"].get(name, {}))]
    return _table(("key", "value", "unit", "source"), rows)


def _leaves(path: str, value: Any, about: Any) -> list[tuple[str, str, str, str]]:
    told = isinstance(about, Mapping) and "unit" in about
    if isinstance(value, Mapping) and value and not told:
        below = about if isinstance(about, Mapping) else {}
        return [
            row for key, each in value.items() for row in _leaves(f"{path}.{key}", each, below.get(key, {}))
        ]
    source = f"{'*assumed*: ' if about.get('assumed') else ''}{about['source']}" if told else ""
    return [(f"`{path}`", f"`{_shown(value)}`", about["unit"] if told else "", source)]


def _vocabulary() -> str:
    from sim.games.treaty.moves import Move
    from sim.strategies.conditions import AGENDAS, CONDITIONS, PHASES
    from sim.strategies.perspective import EVENT_NAMES, SUBJECTS

    def listed(names: Iterable[str]) -> str:
        return ", ".join(f"`{name}`" for name in names)

    return "\n\n".join([
        "The words of an automaton's file; [how to write one](../how-to/add-a-strategy.md).",
        f"**Moves**: {listed(move.name.lower() for move in Move)}.",
        f"**Events** of a transition: {listed(EVENT_NAMES)}.",
        f"**Conditions** of `when`: {listed(CONDITIONS)}.",
        f"`phase` is one or several of {listed(PHASES)}; `agenda` of {listed(AGENDAS)}.",
        f"Subjects are {listed(SUBJECTS)}.",
    ])  # fmt: skip


def _signature(name: str, thing: Any) -> str:
    if inspect.isclass(thing):
        parts = []
        for each in fields(thing):
            optional = each.default is not MISSING or each.default_factory is not MISSING
            parts.append(f"{each.name}=…" if optional else each.name)
        return f"sim.{name}({', '.join(parts)})"
    names = []
    for each in inspect.signature(thing).parameters.values():
        bare = each.replace(annotation=inspect.Parameter.empty)
        names.append(str(bare))
    return f"sim.{name}({', '.join(names)})"


def _summary(thing: Any) -> str:
    return (inspect.getdoc(thing) or "").split("\n\n", 1)[0]


def _docstring(thing: Any) -> str:
    """Return a docstring as it stands, in a block of its own: numpydoc is meant to be read as text."""
    return f"```\n{inspect.getdoc(thing)}\n```"


def _code(options: Sequence[str]) -> str:
    return ", ".join(f"`{re.sub(r': [^=]+', ' ', each).strip()}`" for each in options)


if __name__ == "__main__":
    REFERENCE.mkdir(exist_ok=True)
    for page, content in pages().items():
        (REFERENCE / page).write_text(content, encoding="utf-8")
        print(f"written: docs/reference/{page}")
