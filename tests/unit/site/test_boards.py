"""How an area's boards are laid out, as its table in the site file says."""

from pathlib import Path

import pytest

from queue_server.board_setup import BoardSetup
from queue_server.contract.board_layout import BoardLayout
from queue_server.rules.terms import TicketKind
from queue_server.site import load_site
from tests.unit.site.site_for_tests import SITE, problems_of

BOARD = """
[area.board]
rooms_per_page = 5
lists = ["last_calls", "waiting"]
number_only = true
colours = { priority = "#ffd8a8" }
news_zh = "流感疫苗接种请到 1 层"
news_en = "Flu vaccination: floor 1"
shows_rules = false
"""
WITH_BOARD = SITE.replace('floor_en = "Floor 1"\n', f'floor_en = "Floor 1"\n{BOARD}')


def test_an_areas_boards_are_laid_out_as_its_table_says(site_file: Path) -> None:
    site_file.write_text(WITH_BOARD, encoding="utf-8")

    [area] = load_site(site_file).areas

    assert area.board.number_only
    assert area.board.layout == BoardLayout(
        rooms_per_page=5,
        lists=["waiting", "last_calls"],
        colours={TicketKind.PRIORITY: "#FFD8A8"},
        news_zh="流感疫苗接种请到 1 层",
        news_en="Flu vaccination: floor 1",
        shows_rules=False,
    )


def test_boards_without_a_table_are_laid_out_as_usual(site_file: Path) -> None:
    site_file.write_text(SITE, encoding="utf-8")

    [area] = load_site(site_file).areas

    assert area.board == BoardSetup()


@pytest.mark.parametrize(
    ("right", "wrong", "key", "message"),
    [
        ("rooms_per_page = 5", "rooms_per_page = 11", "rooms_per_page", "from 1 to 10"),
        ('"last_calls"', '"last-calls"', "lists", "standby, waiting, missed, last_calls"),
        ("shows_rules", "show_rules", "show_rules", "did you mean shows_rules?"),
        ("#ffd8a8", "#103C35", "colours.priority", "stands out"),
        ("#ffd8a8", "yellow", "colours.priority", "a colour like"),
        ("priority =", "ordinary =", "colours.ordinary", "did you mean priority?"),
        ('news_en = "Flu vaccination: floor 1"\n', "", "news_en", "one line of text"),
    ],
)
def test_what_is_wrong_in_a_boards_table_is_told_with_its_key(
    site_file: Path, right: str, wrong: str, key: str, message: str
) -> None:
    found = problems_of(site_file, WITH_BOARD.replace(right, wrong, 1))

    assert list(found) == [f"area[area-1].board.{key}"]
    assert message in found[f"area[area-1].board.{key}"]
