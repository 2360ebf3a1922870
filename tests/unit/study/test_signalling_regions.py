"""Regions of signalling: what the solvers find at a point is what the closed forms say there."""

from dataclasses import replace

import numpy as np
import pytest

from sim.errors import ParameterError
from sim.games.demonstration import Demonstration
from sim.games.reassurance import Reassurance
from sim.games.reference_models.trust import separating_band
from sim.games.ultimatum_game import UltimatumGame
from sim.study.signalling_regions import demonstration_regions, kinds_of, reassurance_regions

NUMBERS = UltimatumGame()


def expected(n: UltimatumGame) -> dict[str, bool]:
    """The closed forms of the module's docstring, written out again; true or false away from the boundaries."""
    imitates = (1 - n.pretext) * (n.treaty_russia - n.detection * (n.missile + n.exposure)) > n.secrecy_breach
    doubted = n.breach > (n.treaty_usa + n.blame) / n.harm
    hopeless = (1 - n.detection) * n.harm > n.treaty_usa + n.blame_after_display
    risky = n.breach * (1 - n.detection) * n.harm > n.treaty_usa + n.blame_after_display
    return {
        "separating": not imitates,
        "silent_trusted": not doubted,
        "silent_left": doubted and hopeless,
        "shown_trusted": imitates and not risky,
        "shown_left": False,  # the compliant would rather keep its secrets
    }


@pytest.mark.parametrize("seed", range(12))
def test_the_kinds_found_are_those_of_the_closed_forms(seed) -> None:
    rng = np.random.default_rng(seed)
    numbers = replace(
        NUMBERS,
        breach=rng.uniform(0.05, 0.95),
        detection=rng.uniform(0, 0.3) if seed % 3 == 0 else rng.uniform(0, 1),
        pretext=rng.uniform(0.1, 0.5),
    )
    found = kinds_of(Demonstration(numbers))
    assert {kind: kind in found for kind in expected(numbers)} == expected(numbers)


def test_regions_are_the_kinds_of_their_points() -> None:
    regions = demonstration_regions(NUMBERS, [0.3, 0.9], [0.1, 0.8])
    assert regions.exists["separating"].tolist() == [[False, True], [False, True]]
    assert regions.exists["silent_trusted"].tolist() == [[True, True], [False, False]]
    game = Demonstration(NUMBERS)
    assert game.separating_detection == pytest.approx((1 - 0.3 / 0.7) / 1.1)
    assert (game.silent_prior, game.distrusted_detection) == pytest.approx((2 / 3, 1 / 6))


def test_the_band_of_costly_signals_is_that_of_its_closed_form() -> None:
    trusts, stakes = [0.12, 0.2, 0.3, 0.45, 0.8], np.linspace(0.02, 0.98, 17)
    numbers = Reassurance(trust=0.5, stake=0.5)
    regions = reassurance_regions(numbers, trusts, stakes)
    for k, trust in enumerate(trusts):
        band = separating_band(replace(numbers, trust=trust))
        inside = [band is not None and band[0] <= stake <= band[1] for stake in stakes]
        assert regions.exists["separating"][k].tolist() == inside
    assert not regions.exists["separating"][0].any()  # below 1/6 no stake is right


def test_thresholds_without_meaning_are_refused() -> None:
    with pytest.raises(ParameterError, match=r"missile \+ exposure must be above 0, got 0"):
        _ = Demonstration(replace(NUMBERS, missile=0.0, exposure=0.0)).separating_detection
    with pytest.raises(ParameterError, match="harm must be above 0, got 0"):
        _ = Demonstration(replace(NUMBERS, harm=0.0)).distrusted_detection


def test_figures_draw(tmp_path) -> None:
    from sim.report.signalling_regions import demonstration_figure, reassurance_figure
    from sim.report.style import house_style

    grid = (np.arange(3) + 0.5) / 3
    trust = Reassurance(trust=0.5, stake=0.5)
    with house_style():
        display = demonstration_figure(demonstration_regions(NUMBERS, grid, grid), NUMBERS, "note")
        band = reassurance_figure(reassurance_regions(trust, grid, grid), trust, "note")
        for name, figure in (("display", display), ("band", band)):
            figure.savefig(tmp_path / f"{name}.png")
    assert len(display.axes) == 4
    assert len(band.axes) == 1
