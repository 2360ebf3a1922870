"""Small drawings as SVG text: they scale to any screen, need no library, and redraw in a millisecond.

Colours are those of the reports (Okabe and Ito); whatever a colour tells, a shape, a dash or a word tells too.
"""

from collections.abc import Sequence
from html import escape

from sim.arrays import FloatArray

ROLE_COLOURS = ("#0072B2", "#D55E00", "#009E73", "#CC79A7")
INK, GREY, RULE = "#1a1a1a", "#5f5f5f", "#c9ced4"
DASHES = ("", "7 4", "2 3", "9 3 2 3")


def svg(width: int, height: int, body: str, alt: str) -> str:
    """Return an SVG image that fills its column, with a text that says what it shows."""
    return (
        f'<svg viewBox="0 0 {width} {height}" role="img" aria-label="{escape(alt, quote=True)}" '
        f'class="drawing" preserveAspectRatio="xMidYMid meet">{body}</svg>'
    )


def text(x: float, y: float, words: str, *, anchor: str = "start", kind: str = "") -> str:
    """Return text at a place; `kind` is a class of the style sheet."""
    return f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}" class="{kind}">{escape(words)}</text>'


def course_strip(
    course: str,
    months: Sequence[str],
    suspected: Sequence[tuple[int, int, int]],
    alarms: Sequence[int],
    alt: str,
) -> str:
    """Return a party's hidden course as a strip, the others' suspicion as marks above it, alarms as triangles.

    `course` has one letter per period: u upheld, b broke, f released; `suspected` holds (period, seat, percent).
    """
    count = max(len(course), 1)
    left, width, top, height = 60, 348, 12, 90
    step = width / count
    body = "".join(
        f'<line x1="{left}" x2="{left + width}" y1="{y:.0f}" y2="{y:.0f}" stroke="{RULE}"/>'
        + text(left - 12, y + 5, f"{share} %", anchor="end", kind="small")
        for share in (0, 50, 100)
        if (y := top + height * (1 - share / 100)) or True
    )
    fills = {"u": "#e9ecef", "b": "#D55E00", "f": "#ffffff"}
    for k, letter in enumerate(course):
        body += (
            f'<rect x="{left + k * step:.2f}" y="{top + height + 10}" width="{step + 0.3:.2f}" height="20" '
            f'fill="{fills[letter]}"/>'
        )
        if letter == "b":  # a hatch, so that it does not hang on the colour
            x = left + k * step
            body += (
                f'<line x1="{x:.1f}" y1="{top + height + 30}" x2="{x + step:.1f}" y2="{top + height + 10}" '
                'stroke="#fff" stroke-width="1.5"/>'
            )
    body += (
        f'<rect x="{left}" y="{top + height + 10}" width="{width}" height="20" fill="none" stroke="{INK}"/>'
    )
    for period in alarms:
        x = left + (period + 0.5) * step
        y = top + height + 34
        body += f'<path d="M{x:.1f} {y} l6 10 l-12 0 z" fill="{INK}"/>'
    shapes = ("circle", "square", "triangle", "diamond")
    for period, seat, percent in suspected:
        x, y = left + period * step, top + height * (1 - percent / 100)
        body += _mark(x, y, shapes[seat], ROLE_COLOURS[seat])
    for k in range(0, count + 1, max(1, count // 2)):
        anchor = "start" if k == 0 else "middle" if k < count else "end"
        body += text(
            left + k * step, top + height + 62, months[min(k, len(months) - 1)], anchor=anchor, kind="small"
        )
    return svg(420, 176, body, alt)


def survival_curves(
    curves: Sequence[tuple[str, FloatArray]],
    months: Sequence[str],
    alt: str,
    *,
    steps: FloatArray | None = None,
    mark: tuple[float, str] | None = None,
) -> str:
    """Return survival by month: model curves with their names, a class's steps, and a moment in history."""
    left, top, width, height = 68, 16 + 24 * len(curves), 340, 190
    count = max(len(curves[0][1]) - 1, 1)

    def at(period: float, share: float) -> tuple[float, float]:
        return left + width * period / count, top + height * (1 - share)

    body = "".join(
        f'<line x1="{left}" x2="{left + width}" y1="{at(0, s)[1]:.1f}" y2="{at(0, s)[1]:.1f}" stroke="{RULE}"/>'
        + text(left - 6, at(0, s)[1] + 4, f"{100 * s:.0f} %", anchor="end", kind="small")
        for s in (0.0, 0.25, 0.5, 0.75, 1.0)
    )
    for number, (name, curve) in enumerate(curves):
        points = " ".join(f"{x:.1f},{y:.1f}" for x, y in (at(k, float(v)) for k, v in enumerate(curve)))
        body += (
            f'<polyline points="{points}" fill="none" stroke="{ROLE_COLOURS[number]}" stroke-width="3" '
            f'stroke-dasharray="{DASHES[number]}"/>'
        )
        key = 12 + 24 * number
        body += (
            f'<line x1="{left}" x2="{left + 36}" y1="{key}" y2="{key}" stroke="{ROLE_COLOURS[number]}" '
            f'stroke-width="3" stroke-dasharray="{DASHES[number]}"/>'
            + text(left + 44, key + 5, name, kind="small")
        )
    if steps is not None:
        path = "".join(
            f"{'M' if k == 0 else 'H'}{at(k, float(v))[0]:.1f}"
            + (f" {at(k, float(v))[1]:.1f}" if k == 0 else f" V{at(k, float(v))[1]:.1f}")
            for k, v in enumerate(steps)
        )
        body += f'<path d="{path}" fill="none" stroke="{INK}" stroke-width="2.5"/>'
    if mark is not None:
        x, y = at(mark[0], 0)
        body += _mark(x, y - 8, "diamond", INK) + text(x + 10, y - 6, mark[1], kind="small")
    for k in range(0, count + 1, max(1, count // 2)):
        anchor = "start" if k == 0 else "middle" if k < count else "end"
        body += text(at(k, 0)[0], top + height + 22, months[k], anchor=anchor, kind="small")
    return svg(420, top + height + 30, body, alt)


def forecast_strip(
    forecasts: Sequence[int], marks: Sequence[tuple[str, float, str]], alt: str, own: int | None = None
) -> str:
    """Return forecasts as stacked dots on a line from 0 to 100 percent, and named marks (name, share, shape)."""
    left, width = 18, 376
    highest = max((list(forecasts).count(f) for f in forecasts), default=1)
    base = 30 + 11 * min(highest, 12)
    body = f'<line x1="{left}" x2="{left + width}" y1="{base}" y2="{base}" stroke="{INK}"/>'
    for share in (0, 25, 50, 75, 100):
        x = left + width * share / 100
        body += f'<line x1="{x}" x2="{x}" y1="{base}" y2="{base + 5}" stroke="{INK}"/>'
        body += text(x, base + 20, f"{share} %", anchor="middle", kind="small")
    piled: dict[int, int] = {}
    for forecast in forecasts:
        place = round(forecast / 2)
        piled[place] = piled.get(place, 0) + 1
        y = base - 8 - 11 * (piled[place] - 1)
        body += (
            f'<circle cx="{left + width * place / 50:.1f}" cy="{y:.1f}" r="5" fill="#56B4E9" stroke="{INK}"/>'
        )
    if own is not None:
        body += _mark(left + width * own / 100, base - 8, "circle", INK)
    for k, (name, at, shape) in enumerate(marks):
        across, low = left + width * at, base + 44 + 24 * k
        body += (
            f'<line x1="{across:.1f}" x2="{across:.1f}" y1="{base}" y2="{low}" stroke="{GREY}" stroke-dasharray="2 3"/>'
            + _mark(across, low, shape, ROLE_COLOURS[k])
            + (
                text(across + 12, low + 5, name, kind="small")
                if at < 0.6
                else text(across - 12, low + 5, name, anchor="end", kind="small")
            )
        )
    return svg(420, base + 34 + 26 * max(len(marks), 1), body, alt)


def bars(
    rows: Sequence[tuple[str, float, float | None]], alt: str, *, names: tuple[str, str] = ("", "")
) -> str:
    """Return shares as bars, one row per outcome, a second scenario's as a hatched bar below the first."""
    left, width, pitch = 4, 300, 62
    body = ""
    for k, (label, first, second) in enumerate(rows):
        row = 6 + k * pitch
        body += text(left, row + 12, label, kind="small")
        for n, share in enumerate((first, second)):
            if share is None:
                continue
            top = row + 18 + 19 * n
            body += (
                f'<rect x="{left}" y="{top}" width="{max(width * share, 1):.1f}" height="14" '
                f'fill="{ROLE_COLOURS[0] if n == 0 else "#fff"}" stroke="{ROLE_COLOURS[n]}" stroke-width="2"/>'
                + text(
                    left + width * share + 8,
                    top + 12,
                    f"{100 * share:.1f} % {names[n]}".strip(),
                    kind="small",
                )
            )
    return svg(420, 8 + pitch * len(rows), body, alt)


def _mark(x: float, y: float, shape: str, colour: str) -> str:
    style = f'fill="{colour}" stroke="#fff" stroke-width="1.5"'
    match shape:
        case "circle":
            return f'<circle cx="{x:.1f}" cy="{y:.1f}" r="7" {style}/>'
        case "square":
            return f'<rect x="{x - 6:.1f}" y="{y - 6:.1f}" width="12" height="12" {style}/>'
        case "triangle":
            return f'<path d="M{x:.1f} {y - 8:.1f} l8 14 l-16 0 z" {style}/>'
        case _:
            return f'<path d="M{x:.1f} {y - 8:.1f} l8 8 l-8 8 l-8 -8 z" {style}/>'
