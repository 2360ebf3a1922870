"""The list of several equilibria on a solved page."""

import numpy as np

from sim.report.page import render_page
from sim.report.solved_several import several_section
from sim.study.several import ListedEquilibrium, several_as_mapping


def listed(selected, chance):
    return ListedEquilibrium(
        priors=("centroid", "random 1") if selected else ("status_quo",),
        selected=selected,
        residual=1e-12,
        regret=np.array([0.1, 0.2, 0.0, 0.0]),
        payoffs=np.array([1.0, -2.0, 3.0, 4.5]),
        collapse_probability=chance,
    )


def test_each_equilibrium_is_a_row_and_the_selected_one_is_marked():
    found = (listed(True, 0.75), listed(False, 0.25))
    section = several_section(found, ("usa", "russia", "nato", "china"), 4)
    assert [row[0] for row in section.table.rows] == ["1, selected", "2"]
    assert section.table.rows[1][1:6] == ("0.25", "1", "-2", "3", "4.5")
    assert "2 distinct logit Markov equilibria were found from 4 priors" in section.sentences[0]
    page = render_page(title="Solved", lead="", sections=[section], command="treaty-sim solve")
    assert "1, selected" in page


def test_the_list_can_be_json():
    import json

    (one,) = json.loads(json.dumps(several_as_mapping((listed(True, 0.75),))))
    assert one["selected"] is True
    assert one["payoffs"] == [1.0, -2.0, 3.0, 4.5]
    assert one["priors"] == ["centroid", "random 1"]
