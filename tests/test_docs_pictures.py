"""The pictures in the documents are there, can be looked at, and can be made anew by the tour."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import pytest
from PIL import Image

ROOT = Path(__file__).parents[1]
DOCS = ROOT / "docs"
PICTURES = sorted((DOCS / "pictures").iterdir())
PAGES = [*sorted(DOCS.rglob("*.md")), *sorted(ROOT.glob("*.md"))]
SCREENSHOTS: Final = {
    "board": ("board-area-call",),
    "console": ("console-called",),
    "kiosk": ("kiosk-checked-in-zh", "kiosk-checked-in-en"),
}
"""From which pictures of the tour one of another name was cut; the others have the tour's own."""
BYTES_MAX = 300_000
SHADES_MIN = 50
"""Text alone has so many shades of grey; an empty window has a few."""


def shown(page: Path) -> list[Path]:
    """Return the pictures that a page shows."""
    found = re.findall(r"!\[[^]]*\]\(([^)]+\.png)\)", page.read_text(encoding="utf-8"))
    return [(page.parent / one).resolve() for one in found]


def made_by_the_tour() -> set[str]:
    """Return the names of the pictures that the scenes take, as their code says."""
    trees = [
        ast.parse(file.read_text("utf-8")) for file in (ROOT / "queue_server/demo").glob("*.py")
    ]
    calls = [one for tree in trees for one in ast.walk(tree) if isinstance(one, ast.Call)]
    return {name for call in calls for name in taken(call)}


def taken(call: ast.Call) -> Iterator[str]:
    """Yield what a call takes pictures of; nothing if it takes none."""
    does = call.func.attr if isinstance(call.func, ast.Attribute) else ""
    texts = [str(one.value) for one in call.args if isinstance(one, ast.Constant)]
    for text in texts:
        match does:
            case "picture" | "shoot_page":
                yield text
            case "shoot_kiosk":
                yield from (f"kiosk-{text}-{form}" for form in ("zh", "elder", "en"))
            case "shoot_boards":
                yield from (f"board-{kind}-{text}" for kind in ("area", "door"))


def test_a_page_shows_only_pictures_that_are_there_and_each_is_shown() -> None:
    pages = {page.name: shown(page) for page in PAGES}

    assert {name: [one for one in found if not one.is_file()] for name, found in pages.items()} == {
        name: [] for name in pages
    }
    assert {one for found in pages.values() for one in found} == set(PICTURES)


@pytest.mark.parametrize("picture", PICTURES, ids=lambda path: path.stem)
def test_a_picture_can_be_read_on_a_page_and_shows_something(picture: Path) -> None:
    with Image.open(picture) as image:
        width, height = image.size
        bands = image.convert("L").histogram()
    shades = sum(count > 0 for count in bands)

    assert 400 <= width <= 1920
    assert 100 <= height <= 1920
    assert picture.stat().st_size <= BYTES_MAX
    assert shades > SHADES_MIN


@pytest.mark.parametrize("picture", PICTURES, ids=lambda path: path.stem)
def test_a_picture_can_be_made_anew_by_the_tour(picture: Path) -> None:
    assert set(SCREENSHOTS.get(picture.stem, (picture.stem,))) <= made_by_the_tour()
