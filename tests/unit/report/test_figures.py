"""Figures are drawn whole: every file is there, no text leaves the canvas, the same twice."""

from dataclasses import replace

import numpy as np
import pytest
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.text import Text

from sim.errors import ArtifactError
from sim.report.gallery import GALLERY, drawn
from sim.report.labels import start_of
from sim.report.style import ROLE_MARKS, house_style, place
from sim.report.survival import draw_survival
from sim.report.write import saved, write_figures

VARIANTS = {
    "inf_2019": {},
    "inf_1988": {"name": "inf_1988", "start_date": "1988-06-01"},
    "after the end": {"name": "other", "start_date": "2020-01-15"},
}


@pytest.fixture(params=VARIANTS.values(), ids=VARIANTS.keys())
def any_result(request, fake):
    return fake.fake_result(**request.param)


@pytest.mark.parametrize("exhibit", GALLERY, ids=lambda exhibit: exhibit.name)
def test_no_text_leaves_the_canvas(exhibit, any_result):
    if not exhibit.applies(any_result):
        pytest.skip("this result does not have what the figure shows")
    with house_style():
        figure = drawn(
            exhibit,
            any_result,
            "inf_2019 / neutral · 48 draws × 2000 plays · seed 20190802, config 0123456789ab",
        )
        canvas = FigureCanvasAgg(figure)
        canvas.draw()
        edges, hidden = figure.bbox, _labels_beyond_the_axes(figure)
        for text in figure.findobj(Text):
            if not text.get_visible() or not text.get_text().strip() or text in hidden:
                continue
            box = text.get_window_extent(canvas.get_renderer())
            where = f"{exhibit.name}: {text.get_text()!r} at {box.extents}"
            assert box.x0 >= -1, where
            assert box.y0 >= -1, where
            assert box.x1 <= edges.x1 + 1, where
            assert box.y1 <= edges.y1 + 1, where


def _labels_beyond_the_axes(figure):
    """Return the labels of ticks outside the limits: they exist but are not drawn."""
    hidden = set()
    for axis in [axis for axes in figure.axes for axis in (axes.xaxis, axes.yaxis)]:
        low, high = sorted(axis.get_view_interval())
        for tick in axis.get_major_ticks():
            if not low - 1e-9 <= tick.get_loc() <= high + 1e-9:
                hidden |= {tick.label1, tick.label2}
    return hidden


def test_every_figure_is_written_and_the_same_twice(result, tmp_path):
    first = write_figures(result, tmp_path / "a", seed_note="note")
    second = write_figures(result, tmp_path / "b", seed_note="note")
    assert [path.name for path in first] == [f"{exhibit.name}.png" for exhibit in GALLERY]
    for one, other in zip(first, second, strict=True):
        assert one.read_bytes() == other.read_bytes(), one.name


def test_vector_formats_are_the_same_twice(result):
    for kind in ("svg", "pdf"):
        with house_style():
            made = [saved(drawn(GALLERY[0], result, "note"), kind) for _ in range(2)]
        assert made[0] == made[1]


def test_drawing_changes_no_global_setting(result):
    import matplotlib as mpl

    before = dict(mpl.rcParams)
    with house_style():
        drawn(GALLERY[0], result, "")
    assert dict(mpl.rcParams) == before


def test_a_result_with_one_draw_and_no_exact_engine_can_be_drawn(result, tmp_path):
    curve = replace(result.survival, draws=result.survival.draws[:1], exact=None)
    bare = replace(result, survival=curve, path_classes={}, fans=replace(result.fans, paths={}, means={}))
    bare = replace(bare, decomposition=np.zeros_like(result.decomposition))
    written = {path.stem for path in write_figures(bare, tmp_path)}
    assert written == {exhibit.name for exhibit in GALLERY} - {"path_classes", "fans", "payoffs"}


def test_the_survival_curve_is_drawn_as_given(result):
    with house_style():
        axes = place(Figure(), 1, 1, 1, 1)
        draw_survival(axes, result.survival, start_of(result.scenario))
    simulated = next(line for line in axes.lines if line.get_label() == "simulated")
    assert np.array_equal(simulated.get_ydata(), result.survival.estimate)


def test_roles_differ_without_colour():
    assert len({mark.line for mark in ROLE_MARKS}) == len(ROLE_MARKS)
    assert len({mark.marker for mark in ROLE_MARKS}) == len(ROLE_MARKS)


def test_a_directory_that_cannot_be_made_is_named(result, tmp_path):
    (tmp_path / "figures").write_text("in the way")
    with pytest.raises(ArtifactError, match=r"figures.*cannot be written"):
        write_figures(result, tmp_path)
