"""A page that is alive: regions that are drawn from views, drawn anew when their text has changed."""

import time
from collections.abc import Callable, Hashable
from html import escape
from typing import Any

from nicegui import ui
from nicegui.element import Element

from sim.errors import SimError
from sim.seminar.commands import RefusedError
from sim.seminar.text import t
from sim.seminar.web.templates import asset, render

Regions = Callable[[], dict[str, str]]


class LivePage:
    """One open page.

    Parameters
    ----------
    regions : returns the markup of every region by name, in the order of `layout`
    layout : names of regions; a nested list is a pair of columns
    act : what to do with an action and its fields
    kind : class of the page in the style sheet
    shows : returns what the page is made of: while that is the same, nothing is drawn when others do something
    rest : seconds that lie at least between two drawings for what others do
    """

    def __init__(
        self,
        regions: Regions,
        layout: list[Any],
        act: Callable[[str, dict[str, Any]], Any] | None = None,
        *,
        kind: str = "",
        shows: Callable[[], Hashable] = lambda: None,
        rest: float = 0.0,
    ) -> None:
        self._regions, self._act, self._shows, self._rest = regions, act, shows, rest
        self._shown: Hashable = None
        self._at = 0.0
        self._notice = ""
        self._drawn: dict[str, str] = {}
        self._places: dict[str, ui.html] = {}
        head(time.time())
        with ui.element("div").classes(f"page {kind}").props("id=content tabindex=-1"):
            self._lay_out(["notice", *layout])
        self.refresh()
        if act is not None:
            ui.on("act", self._asked)

    @property
    def stale(self) -> bool:
        """Whether the page shows something that has changed, and has rested since its last drawing."""
        return time.monotonic() - self._at >= self._rest and self._shows() != self._shown

    def refresh(self) -> None:
        """Draw anew what has changed."""
        self._shown, self._at = self._shows(), time.monotonic()
        found = {"notice": render("notice", words=self._notice), **self._regions()}
        for name, place in self._places.items():
            markup = found.get(name, "").strip()
            if self._drawn.get(name) != markup:
                self._drawn[name] = markup
                place.content = markup

    def say(self, words: str) -> None:
        """Show a notice, or none, and draw anew."""
        self._notice = words
        self.refresh()

    async def _asked(self, event: Any) -> None:
        from sim.seminar.web.forms import message

        assert self._act is not None
        try:
            act, fields = message(event.args)
            answer = self._act(act, fields)
            if answer is not None:
                await answer
            self.say("")
        except RefusedError as error:
            self.say(refusal(error))
        except SimError as error:
            self.say(str(error))

    def _lay_out(self, names: list[Any]) -> None:
        for name in names:
            if isinstance(name, list):
                with ui.element("div").classes("columns"):
                    for column in name:
                        with ui.element("div"):
                            self._lay_out(column)
            else:
                # templates escape whatever comes from people, so that nothing is left to sanitize
                self._places[name] = ui.html("", sanitize=False)


def refusal(error: RefusedError) -> str:
    """Return the sentence of a refusal."""
    return t(error.key.replace("refused_", "refused.", 1), **error.values)


def head(now: float) -> None:
    """Add style, script and the server's clock to the page."""
    ui.add_head_html(f"<style>{asset('seminar.css')}</style>")
    ui.add_head_html(
        f"<script>window.serverOffset = {now:.3f} - Date.now() / 1000;</script><script>{asset('seminar.js')}</script>"
    )
    skip: Element = ui.html(f'<a class="skip" href="#content">{escape(t("common.skip"))}</a>', sanitize=False)
    assert skip is not None


def still(markup: str, *, kind: str = "") -> None:
    """Show a page that does not change."""
    head(time.time())
    with ui.element("div").classes(f"page {kind}").props("id=content tabindex=-1"):
        ui.html(markup, sanitize=False)


__all__ = ["LivePage", "head", "refusal", "still"]
