"""The laboratory page: sliders, what becomes of the treaty, and how to get back to this state."""

import time
from collections.abc import Mapping
from concurrent.futures import Future
from dataclasses import replace
from typing import Any
from urllib.parse import urlencode

from fastapi import Request
from nicegui import run, ui

from sim.errors import ParameterError, SimError
from sim.seminar.commands import RefusedError
from sim.seminar.lab import (
    Bench,
    Case,
    Found,
    Slider,
    build_bench,
    command_line,
    evaluate,
    from_file,
    to_file,
)
from sim.seminar.text import t, t_or
from sim.seminar.web.configs import ROBOTS, names_of
from sim.seminar.web.forms import config_name, words
from sim.seminar.web.lab_results import results
from sim.seminar.web.live import LivePage
from sim.seminar.web.site import Web
from sim.seminar.web.templates import render

LAYOUT: list[Any] = ["bar", "controls", [["results"], ["sliders", "keep"]]]
BENCHES = 24
"""Scenarios that are kept prepared; more are refused rather than let memory fill."""

LAB_ROBOTS = ("equilibrium", "as_it_happened", *(name for name in ROBOTS if name not in ("", "equilibrium")))


class Laboratory:
    """What one open page of the laboratory shows."""

    def __init__(self, web: Web, cases: dict[str, Case]) -> None:
        self.web, self.cases = web, cases
        self.found: dict[str, Found] = {}
        self.problem, self.took, self.stamp = "", 0, 0
        self._asked: Mapping[str, Any] | None = None
        self._busy = False
        self._drawn_for: tuple[int, tuple[str, ...]] | None = None
        self._drawn = ""
        self._results_for: tuple[object, ...] = ()
        self._results_drawn = ""
        self._computed: dict[str, Case] = {}
        self.page: LivePage | None = None

    def benches(self) -> dict[str, Bench]:
        """Return the benches that are ready, by side."""
        found = {}
        for side, case in self.cases.items():
            future = _bench(self.web, case)
            if future.done():
                try:
                    found[side] = future.result()
                except SimError as error:
                    self.problem = str(error)
        return found

    async def act(self, name: str, fields: dict[str, Any]) -> None:
        """Do what the page asks."""
        match name:
            case "cases":
                self.cases = {
                    side: _case(fields, side, self.cases.get(side))
                    for side in ("a", "b")
                    if fields.get(f"{side}_scenario")
                }
                await self.prepare()
            case "move":
                await self.move(fields)
            case "reset":
                self.cases = {side: replace(case, values=()) for side, case in self.cases.items()}
                self.stamp += 1
                await self.compute()
            case "load":
                self.cases = cases_of(
                    {
                        f"{side}_{key}": value
                        for side, plain in from_file(words(fields, "text")).items()
                        for key, value in plain.items()
                        if key != "values"
                    },
                    {
                        f"{side}.{path}": value
                        for side, plain in from_file(words(fields, "text")).items()
                        for path, value in dict(plain.get("values", {})).items()
                    },
                )
                await self.prepare()
            case _:
                raise RefusedError("refused_illegal")

    async def prepare(self) -> None:
        """Wait for the benches of all cases, keep only values that their sliders allow, and compute."""
        self.found, self.problem = {}, ""
        for side, case in list(self.cases.items()):
            future = _bench(self.web, case)
            await run.io_bound(future.exception)
            bench = future.result()
            self.cases[side] = replace(case, values=allowed(bench, dict(case.values)))
        self.stamp += 1
        await self.compute()

    async def move(self, fields: Mapping[str, Any]) -> None:
        """Compute at the sliders' positions; while one computation runs, only the last request waits."""
        self._asked = fields
        if self._busy:
            return
        self._busy = True
        try:
            while self._asked is not None:
                asked, self._asked = self._asked, None
                for side, bench in self.benches().items():
                    sent = {
                        p.removeprefix(f"{side}."): v for p, v in asked.items() if p.startswith(f"{side}.")
                    }
                    self.cases[side] = replace(
                        self.cases[side], values=allowed(bench, dict(self.cases[side].values) | sent)
                    )
                await self.compute()
                if self.page is not None:
                    self.page.refresh()
        finally:
            self._busy = False

    async def compute(self) -> None:
        """Evaluate in a thread whichever case has changed."""
        benches = self.benches()
        stale = {
            side: (bench, self.cases[side])
            for side, bench in benches.items()
            if side not in self.found or self._computed.get(side) != self.cases[side]
        }
        began = time.perf_counter()
        try:
            fresh = await run.io_bound(
                lambda: {
                    side: evaluate(bench, dict(case.values), self.found.get(side))
                    for side, (bench, case) in stale.items()
                }
            )
        except ParameterError as error:
            self.problem = t("lab.invalid", why=str(error))
            return
        self.problem = ""
        self.found |= fresh or {}
        self._computed |= {side: case for side, (_, case) in stale.items()}
        self.took = round(1000 * (time.perf_counter() - began))

    def regions(self) -> dict[str, str]:
        """Return the regions of the page."""
        benches = self.benches()
        return {
            "bar": f'<div class="bar"><h1>{t("lab.heading")}</h1></div>',
            "controls": render(
                "lab_controls", cases=self.cases, scenarios=names_of("scenario", self.web.base.scenario),
                readings=names_of("reading", self.web.base.reading), robots=LAB_ROBOTS,
            ),
            "sliders": self._sliders(benches),
            "results": self._results(benches),
            "keep": render(
                "lab_keep", link=link_of(self.cases), file=to_file(self.cases),
                commands=[command_line(case, _kept(self.web)) for case in self.cases.values()],
            ),
        }  # fmt: skip

    def _sliders(self, benches: dict[str, Bench]) -> str:
        # drawn anew only when something other than a slider has changed: whoever drags one must keep it
        key = (self.stamp, tuple(benches))
        if self._drawn_for == key:
            return self._drawn
        shown = {
            side: {"sliders": [_shown(s, bench, self.cases[side]) for s in bench.sliders]}
            for side, bench in benches.items()
        }
        self._drawn_for = key
        self._drawn = render("lab_sliders", benches=shown, stamp=f"s{self.stamp}") if shown else ""
        return self._drawn

    def _results(self, benches: dict[str, Bench]) -> str:
        # drawn anew only when something was computed anew
        ready = {side: (bench, self.found[side]) for side, bench in benches.items() if side in self.found}
        if not ready or len(ready) < len(self.cases):
            return results({}, problem=self.problem)
        key = (self.problem, *((side, id(found)) for side, (_, found) in ready.items()))
        if self._results_for != key:
            self._results_for = key
            robots = {side: self.cases[side].robots for side in ready}
            self._results_drawn = results(ready, problem=self.problem, robots=robots, took=self.took)
        return self._results_drawn


def register(web: Web) -> None:
    """Add the page of the laboratory."""

    @ui.page("/laboratory", title=t("lab.heading"))
    async def page(request: Request) -> None:
        asked = dict(request.query_params)
        try:
            cases = cases_of(asked, asked)
        except RefusedError:
            cases = {}
        if "a" not in cases:
            robots = "as_it_happened" if "strategy=as_it_happened" in web.base.overrides else "equilibrium"
            cases = {"a": Case(scenario=web.base.scenario, reading=web.base.reading, robots=robots)}
        laboratory = Laboratory(web, cases)
        laboratory.page = LivePage(laboratory.regions, LAYOUT, laboratory.act)
        await ui.context.client.connected(timeout=30)
        try:
            await laboratory.prepare()
            laboratory.page.say("")
        except SimError as error:
            laboratory.page.say(str(error))


def cases_of(plain: Mapping[str, Any], values: Mapping[str, Any]) -> dict[str, Case]:
    """Return cases from fields such as ``a_scenario`` and values such as ``a.treaty.detection``."""
    found = {}
    for side in ("a", "b"):
        if plain.get(f"{side}_scenario"):
            case = _case(plain, side, None)
            numbers = [
                (name.removeprefix(f"{side}."), _number(value))
                for name, value in values.items()
                if name.startswith(f"{side}.")
            ]
            found[side] = replace(case, values=tuple(numbers[:60]))
    return found


def link_of(cases: Mapping[str, Case]) -> str:
    """Return the address of a state."""
    fields: dict[str, str] = {}
    for side, case in cases.items():
        fields |= {
            f"{side}_scenario": case.scenario,
            f"{side}_reading": case.reading,
            f"{side}_robots": case.robots,
        }
        fields |= {f"{side}.{path}": f"{value:.6g}" for path, value in case.values}
    return "/laboratory?" + urlencode(fields)


def allowed(bench: Bench, sent: Mapping[str, Any]) -> tuple[tuple[str, float], ...]:
    """Return the values that differ from the default, kept within the sliders' ranges; unknown paths fall away."""
    kept = []
    for slider in bench.sliders:
        if slider.path in sent:
            value = min(max(_number(sent[slider.path]), slider.low), slider.high)
            if abs(value - slider.default) > slider.step / 1000:
                kept.append((slider.path, round(value, 6)))
    return tuple(kept)


def _bench(web: Web, case: Case) -> Future[Bench]:
    key = (case.scenario, case.reading, case.robots)
    if key not in web.benches:
        if len(web.benches) >= BENCHES:
            raise RefusedError("refused_too_many")
        plain = replace(case, values=())
        web.benches[key] = web.classroom.games.submit(lambda: build_bench(plain, _kept(web)))
    found: Future[Bench] = web.benches[key]
    return found


def _kept(web: Web) -> tuple[str, ...]:
    """Return the server's own overrides but for strategies, which each case names itself."""
    return tuple(o for o in web.base.overrides if not o.startswith("strategy"))


def _case(fields: Mapping[str, Any], side: str, before: Case | None) -> Case:
    robots = config_name(fields, f"{side}_robots") if fields.get(f"{side}_robots") else "equilibrium"
    if robots not in LAB_ROBOTS:
        raise RefusedError("refused_illegal")
    reading = config_name(fields, f"{side}_reading") if fields.get(f"{side}_reading") else "neutral"
    made = Case(scenario=config_name(fields, f"{side}_scenario"), reading=reading, robots=robots)
    if made.scenario not in names_of("scenario", made.scenario)[1:] and not _known(made.scenario):
        raise RefusedError("refused_unknown")
    same = before is not None and (before.scenario, before.reading) == (made.scenario, made.reading)
    return replace(made, values=before.values) if before is not None and same else made


def _known(scenario: str) -> bool:
    from sim.app.config_dir import config_dir

    return (config_dir() / "scenario" / f"{scenario}.yaml").is_file()


def _number(value: Any) -> float:
    try:
        number = float(value)
    except (TypeError, ValueError):
        raise RefusedError("refused_illegal") from None
    if not abs(number) < 1e6:
        raise RefusedError("refused_illegal")
    return number


def _shown(slider: Slider, bench: Bench, case: Case) -> dict[str, Any]:
    stem = slider.path.rsplit(".", 1)[-1]
    who = ""
    if slider.path.startswith("actors."):
        name = slider.path.split(".")[1]
        who = next(a.title for a in bench.plan.scenario.actors if a.name == name)
    label = t_or(f"slider.{stem}", stem.replace("_", " ")).format(who=who)
    value = dict(case.values).get(slider.path, slider.default)
    return {
        "path": slider.path, "label": label, "value": f"{value:.6g}", "default": f"{slider.default:.6g}",
        "low": f"{slider.low:.6g}", "high": f"{slider.high:.6g}", "step": f"{slider.step:.6g}", "lever": slider.lever,
    }  # fmt: skip
