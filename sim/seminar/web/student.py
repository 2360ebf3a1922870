"""The page of a seat: five scenes, each as far as its delegation may see."""

from typing import Any

from sim.seminar.classroom import Classroom
from sim.seminar.readings import reading_of_seat
from sim.seminar.setup import Kind, Scene
from sim.seminar.state import Lesson, Participant, Table
from sim.seminar.table_game import TableGame
from sim.seminar.text import t
from sim.seminar.views import (
    CardView,
    PublicView,
    can_see_deal,
    card,
    choice_words,
    menu,
    private,
    public,
    the,
    titles,
)
from sim.seminar.web import scenes
from sim.seminar.web.templates import render, render_once

LAYOUT: list[Any] = [
    "bar",
    "scene",
    [["state", "decide", "delegation"], ["own", "deals", "talk", "messages", "history"]],
]


def regions(classroom: Classroom, token: str) -> dict[str, str]:
    """Return the regions of the page that `token` opens."""
    lesson, who = classroom.participant_of(token)
    table = lesson.table(who.table)
    game = classroom.games.find(lesson.setup, table.deals) or classroom.games.find(lesson.setup)
    if game is None:
        return {
            "scene": f'<section class="region"><h1>{t("common.title")}</h1><p>{t("play.preparing")}</p></section>'
        }
    seen = public(lesson, table, game)
    found = {"bar": _bar(lesson, who, table, game)}
    if lesson.scene is Scene.PLAY:
        return found | _play(classroom, lesson, who, table, game, seen)
    return found | {"scene": _scene(classroom, lesson, who, table, game, seen, token)}


def card_of(classroom: Classroom, lesson: Lesson, game: TableGame, seat: int) -> CardView | None:
    """Return a seat's card, None while its readings are composed."""
    readings = classroom.games.readings(lesson.setup)
    return None if readings is None else card(game, seat, reading_of_seat(readings, lesson.setup, seat))


def _bar(lesson: Lesson, who: Participant, table: Table, game: TableGame) -> str:
    return render(
        "student_bar",
        title=the(titles(game)[who.seat]),
        table=table.number,
        name=who.name,
        is_head=table.seats[who.seat].head == who.number,
        until=table.until if lesson.scene is Scene.PLAY else lesson.until,
        paused=lesson.paused_at,
        scene=lesson.scene.value,
    )


def _scene(
    classroom: Classroom,
    lesson: Lesson,
    who: Participant,
    table: Table,
    game: TableGame,
    seen: PublicView,
    token: str,
) -> str:
    shown = scenes.Shown(classroom, lesson, game)
    common = {"solo": shown.solo, "public": seen, "scene": lesson.scene.value}
    match lesson.scene:
        case Scene.LOBBY:
            return render("student_lobby", token=token, **common)
        case Scene.BRIEF:
            own = card_of(classroom, lesson, game, who.seat)
            return render("student_brief", card=own, forecast=who.forecast, **common, **scenes.brief(shown))
        case Scene.REVEAL:
            return render("reveal", **common, **scenes.reveal(shown, table))
        case Scene.THEORY:
            return render("theory", **common, **scenes.theory(shown))
        case _:
            return render("debrief", **common, **scenes.debrief(shown, who.forecast))


def _play(
    classroom: Classroom, lesson: Lesson, who: Participant, table: Table, game: TableGame, seen: PublicView
) -> dict[str, str]:
    seat, own = who.seat, private(lesson, table, game, who.seat)
    choices = menu(lesson, table, game, seat)
    course = choices is not None and choices.course
    is_head = own.head == who.number
    alone = len([m for m in own.members if m[2]]) <= 1
    buttons = [("commit_now", t("play.commit_now"), not alone)] if is_head else []
    if not alone:
        buttons.insert(0, ("propose", t("play.propose"), False))
    committed = None if own.committed is None else choice_words(own.committed, seat, course)
    return {
        "state": render_once("play_state", public=seen, deal_title=classroom.games.title),
        "decide": render(
            "play_decide", public=seen, menu=choices, committed=committed, buttons=buttons, alone=alone,
            solo=lesson.setup.kind is Kind.SOLO,
        ),
        "delegation": render(
            "play_delegation", private=own, alone=alone, is_head=is_head, me=who.number,
            open=own.committed is None and seen.deciding, round=seen.round,
            proposals=[
                {
                    "number": p.number,
                    "by": _name(lesson, p.by),
                    "words": choice_words(p.choice, seat, course),
                    "votes": len(p.votes),
                    "mine": who.number in p.votes,
                }
                for p in own.proposals
            ],
        ),
        "own": render_once(
            "play_own", payoff=own.payoff, courses=own.courses, card=card_of(classroom, lesson, game, seat)
        ),
        "deals": "" if table.finished else deals(classroom, table, game, seat, is_head=is_head),
        "talk": "" if table.finished else talk(game, seat),
        "messages": render("play_messages", messages=messages(game, own.messages)),
        "history": render_once("play_history", happenings=seen.happenings),
    }  # fmt: skip


def deals(classroom: Classroom, table: Table, game: TableGame, seat: int, *, is_head: bool) -> str:
    """Return the region of deals: those on the table that concern a seat, and those that can be offered."""
    names = [the(title) for title in titles(game)]
    offers = []
    for offer in (o for o in table.offers if can_see_deal(o, seat)):
        deal = classroom.games.title(offer.deal)
        if offer.struck:
            words = t("play.struck", deal=deal)
        elif offer.declined_by is not None:
            words = t("play.declined", who=names[offer.declined_by], deal=deal)
        else:
            words = t("play.offered_by", who=names[offer.seat], deal=deal)
        waiting = [names[s] for s in offer.signatories if s not in offer.accepted] if offer.open else []
        mine = offer.open and seat in offer.signatories and seat not in offer.accepted
        waits = t("play.waits_for", who=", ".join(waiting)) if waiting else ""
        offers.append(
            {"number": offer.number, "words": words[:1].upper() + words[1:], "waits": waits, "mine": mine}
        )
    open_now = {offer.deal for offer in table.offers if offer.open}
    offered = [
        {
            "name": name,
            "title": classroom.games.title(name),
            "text": classroom.games.text(name),
            "signatories": ", ".join(names[s] for s in deal.signatories),
        }
        for name, deal in classroom.games.deals.items()
        if name not in table.deals and name not in open_now
    ]
    return render("play_deals", offers=offers, deals=offered, is_head=is_head)


def talk(game: TableGame, seat: int) -> str:
    """Return the form to write a message."""
    return render_once(
        "play_talk", others=tuple((k, title) for k, title in enumerate(titles(game)) if k != seat)
    )


def messages(game: TableGame, written: Any) -> list[dict[str, str]]:
    """Return messages in words."""
    names = titles(game)
    return [
        {
            "who": t(
                "play.from_to",
                author=m.author,
                sender=names[m.seat],
                receiver=t("play.everyone") if m.to is None else the(names[m.to]),
            ),
            "kind": t("play.public_message" if m.to is None else "play.private_message"),
            "text": m.text,
        }
        for m in written
    ]


def _name(lesson: Lesson, number: int) -> str:
    return next((p.name for p in lesson.participants if p.number == number), "")
