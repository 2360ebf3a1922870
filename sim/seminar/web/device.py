"""One device before the class: the whole lesson on one screen, secret cards behind a "look now" curtain."""

from typing import Any

from fastapi import Request
from nicegui import ui

from sim.seminar.commands import RefusedError
from sim.seminar.desk import SeatForDevice
from sim.seminar.setup import NUM_SEATS, Kind, Scene
from sim.seminar.state import Lesson, Participant
from sim.seminar.table_game import TableGame
from sim.seminar.text import t
from sim.seminar.tokens import Role
from sim.seminar.views import choice_words, menu, private, public, the, titles
from sim.seminar.web import projector, scenes, student
from sim.seminar.web.forms import command_of, desk_command_of, whole
from sim.seminar.web.live import LivePage, still
from sim.seminar.web.site import Web, token_of
from sim.seminar.web.templates import render

LAYOUT: list[Any] = ["bar", "curtain", "scene", "pace"]


def register(web: Web) -> None:
    """Add the page of one-device mode."""
    classroom = web.classroom

    @ui.page("/device/{number}", title=t("device.heading"))
    def page(request: Request, number: int) -> None:
        token = token_of(request, Role.DESK)
        try:
            classroom.grant_of(token, Role.DESK)
            lesson = classroom.lessons[number]
        except (RefusedError, KeyError):
            still(render("refused", words=t("refused.token")))
            return
        if lesson.setup.kind is not Kind.DEVICE:
            still(render("refused", words=t("refused.desk_only")))
            return
        open_seat: list[int | None] = [None]

        def act(name: str, fields: dict[str, Any]) -> None:
            now = classroom.lessons[number]
            if name == "look":
                open_seat[0] = whole(fields, "seat")
            elif name == "hide":
                open_seat[0] = None
            elif name == "give_seat":
                seat = whole(fields, "seat")
                classroom.act_for_desk(token, number, SeatForDevice(1, seat, t("device.class_plays")))
            elif "on_behalf" in fields:
                who = whole(fields, "on_behalf")
                classroom.act_for_device(token, number, who, command_of(name, fields))
                if name in ("commit_now", "forecast"):
                    open_seat[0] = None
            else:
                classroom.act_for_desk(token, now.number, desk_command_of(name, fields))

        live = LivePage(
            lambda: regions(web, classroom.lessons[number], open_seat[0]), LAYOUT, act, kind="projector",
            shows=lambda: (open_seat[0], *web.whole(classroom.lessons[number])),
        )  # fmt: skip
        web.watch(live)


def regions(web: Web, lesson: Lesson, open_seat: int | None) -> dict[str, str]:
    """Return the regions: public ones, and the card of one seat while it is open."""
    game = web.classroom.games.find(lesson.setup, lesson.tables[0].deals)
    if game is None:
        return {"scene": f'<section class="region"><h1>{t("play.preparing")}</h1></section>'}
    found = projector.regions(web, lesson)
    playing = lesson.scene is Scene.PLAY and not lesson.tables[0].finished
    found["pace"] = render("device_pace", lesson=lesson, playing=playing)
    seats = {p.seat: p for p in lesson.participants if p.device}
    if lesson.scene in (Scene.LOBBY, Scene.BRIEF, Scene.PLAY):
        if open_seat in seats and lesson.scene is not Scene.LOBBY:
            return {
                "bar": found["bar"],
                "curtain": _card(web, lesson, game, seats[open_seat]),
            }
        found["curtain"] = _curtains(lesson, game, seats)
    return found


def _curtains(lesson: Lesson, game: TableGame, seats: dict[int, Participant]) -> str:
    table = lesson.tables[0]
    rows = []
    for seat in range(NUM_SEATS):
        who = seats.get(seat)
        done = table.seats[seat].committed is not None if lesson.scene is Scene.PLAY else None
        if lesson.scene is Scene.BRIEF and who is not None:
            done = who.forecast is not None
        rows.append({"seat": seat, "title": titles(game)[seat], "given": who is not None, "done": bool(done)})
    may_look = lesson.scene is Scene.BRIEF or (lesson.scene is Scene.PLAY and table.deciding)
    return render("device_curtain", rows=rows, lobby=lesson.scene is Scene.LOBBY, may_look=may_look)


def _card(web: Web, lesson: Lesson, game: TableGame, who: Participant) -> str:
    table = lesson.tables[0]
    own = private(lesson, table, game, who.seat)
    choices = menu(lesson, table, game, who.seat)
    course = choices is not None and choices.course
    return render(
        "device_card",
        title=the(titles(game)[who.seat]),
        card=student.card_of(web.classroom, lesson, game, who.seat),
        who=who,
        menu=None if own.committed is not None else choices,
        private=own,
        committed=None if own.committed is None else choice_words(own.committed, who.seat, course),
        scene=lesson.scene.value,
        month=scenes.Shown(web.classroom, lesson, game).horizon,
        public=public(lesson, table, game),
        deals=student.deals(web.classroom, table, game, who.seat, is_head=False),
        offers=[
            {"number": o.number, "title": web.classroom.games.title(o.deal)}
            for o in own.offers
            if o.open and who.seat in o.signatories and who.seat not in o.accepted
        ],
        deal_names=[
            (name, web.classroom.games.title(name))
            for name in web.classroom.games.deals
            if name not in table.deals and name not in {o.deal for o in table.offers if o.open}
        ],
    )
