"""Every scene on a phone, a laptop and the projector: it passes automatic checks, fits, and can be read.

Each page names first the size that asks most of it; at that one it is always looked at, at the others with
``-m slow`` as well.

The pictures are kept: ``pytest tests/e2e/test_look.py --basetemp=pictures`` leaves them in ``pictures``.
"""

from pathlib import Path

import pytest

PHONE, LAPTOP, PROJECTOR = (390, 844), (1280, 800), (1920, 1080)
LAST_ROW = 28.0
"""Pixels of the smallest text on the projector that someone in the last row must read."""

SMALLEST = """() => {
  const seen = [];
  const walk = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  for (let node = walk.nextNode(); node; node = walk.nextNode()) {
    const holder = node.parentElement;
    if (!node.textContent.trim() || !holder.checkVisibility()) continue;
    if (holder.closest(".skip, script, style, option, #popup, #too_long_message_popup")) continue;
    const svg = holder.closest("svg");
    const scale = svg && svg.viewBox.baseVal.width ? svg.getBoundingClientRect().width / svg.viewBox.baseVal.width : 1;
    seen.push([parseFloat(getComputedStyle(holder).fontSize) * scale, node.textContent.trim().slice(0, 40)]);
  }
  seen.sort((a, b) => a[0] - b[0]);
  return seen[0];
}"""


def axe_findings(page):
    axe = pytest.importorskip("axe_playwright_python")
    (script,) = Path(axe.__file__).parent.rglob("axe.min.js")
    page.evaluate(script.read_text(encoding="utf-8"))
    found = page.evaluate("axe.run()")
    return [(v["id"], node["html"][:120]) for v in found["violations"] for node in v["nodes"]]


@pytest.fixture(params=["first size", pytest.param("every size", marks=pytest.mark.slow)])
def look(tmp_path, request):
    """A function that checks a page at some sizes, and keeps a picture of each."""
    wrong = []

    def at(someone, name, *sizes):
        page = someone.page
        for width, height in sizes if request.param == "every size" else sizes[:1]:
            page.set_viewport_size({"width": width, "height": height})
            page.wait_for_timeout(150)
            page.screenshot(path=tmp_path / f"{name}-{width}.png", full_page=True)
            wrong.extend((name, width, finding) for finding in axe_findings(page))
            wider = page.evaluate("document.documentElement.scrollWidth - innerWidth")
            wrong.extend([(name, width, f"{wider} pixels too wide")] if wider > 0 else [])
            if (width, height) == PROJECTOR:
                size, words = page.evaluate(SMALLEST)
                wrong.extend([(name, size, words)] if size < LAST_ROW else [])

    yield at
    assert not wrong


def lesson_of(teacher, server, kind, **numbers):
    """Open a lesson at the desk; return its number."""
    page = teacher.page
    page.goto(server.desk)
    if page.locator("text=Another lesson").count():
        page.click("text=Another lesson")
    before = page.locator("a[href^='/show/']").first.get_attribute("href") if page.locator(
        "a[href^='/show/']").count() else ""  # fmt: skip
    page.select_option("#new-kind", kind)
    for name, value in numbers.items():
        page.fill(f"#new-{name}", str(value))
    page.click("button:has-text('Open the lesson')")
    page.wait_for_function(
        "old => (document.querySelector('a[href^=\"/show/\"]')?.getAttribute('href') ?? old) !== old",
        arg=before,
    )
    return page.locator("a[href^='/show/']").first.get_attribute("href").rsplit("/", 1)[1]


def test_every_scene_of_a_class(person, teacher, server, look):
    look(teacher, "desk-0-before", PHONE, LAPTOP)
    number = lesson_of(teacher, server, "class", tables=2, rounds=4)
    code = teacher.page.inner_text(".code")
    ann, bob, cid, screen = person(), person(), person(), person()
    screen.context.add_cookies(teacher.context.cookies())
    screen.page.goto(f"{server.base}/show/{number}")
    screen.sees(code)
    ann.page.goto(server.base)
    ann.sees("Join a class")
    look(ann, "home", PHONE, LAPTOP)
    ann.page.goto(f"{server.base}/join?code={code}")
    look(ann, "join", PHONE, LAPTOP)
    ann.join(code, "Ann", 1, 0)
    bob.join(code, "Bob", 1, 0)
    cid.join(code, "Cid", 1, 1)

    def scene(name):
        look(ann, f"student-{name}", PHONE, LAPTOP)
        look(screen, f"projector-{name}", PROJECTOR, LAPTOP)
        look(teacher, f"desk-{name}", PHONE, LAPTOP)

    screen.sees("3 people have joined")
    scene("1-lobby")
    teacher.presses("Begin: Brief")
    ann.sees("What only you know").presses("Give this forecast").sees("Your forecast")
    cid.sees("What only you know").presses("Give this forecast")
    scene("2-brief")
    teacher.presses("Begin: Play")
    bob.sees("Your decision").page.check("#r1-course-1")
    bob.presses("Propose")
    ann.sees("Proposals in your delegation")
    cid.page.fill("#say-text", "Show us your launchers in Romania, and we show you the missile.")
    cid.presses("Send")
    cid.page.locator("summary").filter(has_text="Mutual inspections").click()
    cid.page.locator("button:has-text('Offer this deal'):visible").first.click()
    ann.sees("Russia offers")
    scene("3-play")
    ann.presses("Accept").sees("In force")
    ann.page.locator("button[data-act=commit_now]:visible").click()
    cid.page.locator("button[data-act=commit_now]:visible").click()
    ann.sees("Decision 2 of")
    scene("3-play-later")
    teacher.presses("End play everywhere")
    ann.sees("What was true")
    scene("4-reveal")
    for words, sign, name in (
        ("Next scene: Theory", "Which threats", "5-theory"),
        ("Next scene: Debrief", "Questions to discuss", "6-debrief"),
    ):
        teacher.presses(words)
        ann.sees(sign)
        screen.sees(sign)
        scene(name)
    ann.page.emulate_media(media="print")
    look(ann, "student-7-sheet", LAPTOP)


def test_the_laboratory(person, server, look):
    ann = person()
    ann.page.goto(f"{server.base}/laboratory?a_scenario=inf_2019&a_robots=patient&a.treaty.detection=0.9")
    ann.page.wait_for_selector(".matrix")
    look(ann, "laboratory", PHONE, LAPTOP, (1920, 1000))
    ann.page.goto(
        f"{server.base}/laboratory?a_scenario=inf_2019&a_robots=patient&b_scenario=inf_1988&b_robots=patient"
    )
    ann.page.wait_for_selector(".matrix")
    look(ann, "laboratory-two", PHONE, LAPTOP)


def test_one_device_before_the_class(person, teacher, server, look):
    number = lesson_of(teacher, server, "device", rounds=2)
    page = teacher.page
    page.goto(f"{server.base}/device/{number}")
    look(teacher, "device-1-lobby", PROJECTOR, LAPTOP)
    page.locator("[data-click=give_seat][data-seat='1']").click()
    teacher.sees("Class")
    teacher.presses("Go on").sees("Look now: Russia only")
    look(teacher, "device-2-brief", PROJECTOR, LAPTOP)
    teacher.presses("Look now: Russia only").sees("The 9M729 is legal")
    look(teacher, "device-3-card", PROJECTOR, LAPTOP)
    teacher.presses("Give this forecast").sees("Russia has decided")
    teacher.presses("Go on").sees("Look now: Russia only")
    teacher.presses("Look now: Russia only").sees("Enter the vote")
    look(teacher, "device-4-decide", PROJECTOR, LAPTOP)
