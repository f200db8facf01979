"""Pages and texts: complete in every language, nothing inline, nothing from the internet."""

import re
from pathlib import Path

import pytest

from assets.theme import PALETTE
from assets.translations import load
from queue_server.rules.policy import Policy
from queue_server.rules.terms import Language, PriorityRank, TicketState
from queue_server.web.pages import STATIC, fill, theme_css

TEXTS = {language: load("web", language) for language in Language}
SCRIPTS = sorted(STATIC.glob("*.js"))
PAGES = sorted(STATIC.glob("*.html"))
ROUTES = sorted(STATIC.parent.glob("*.py"))
STYLES = sorted(STATIC.glob("*.css"))
FACTS = {
    fact for page in PAGES for fact in re.findall(r"\{\{(fact_\w+)\}\}", page.read_text("utf-8"))
}
"""What a page is told besides texts."""


def used_keys() -> set[str]:
    """Every key that a page, a module or a route names."""
    keys: set[str] = set()
    for page in PAGES:
        keys |= set(re.findall(r"\{\{([\w.]+)\}\}", page.read_text(encoding="utf-8")))
    keys -= {"html_language", *FACTS}
    for code in (*SCRIPTS, *ROUTES):
        source = code.read_text(encoding="utf-8")
        quoted = re.findall(r'"([a-z_]+\.[a-z_]+)"', source)
        keys |= {key for key in quoted if key.partition(".")[0] in tables()}
    return keys


def used_patterns() -> set[str]:
    """Every key that a module makes; a variable part in a template stands for any."""
    patterns: set[str] = set()
    for script in SCRIPTS:
        templates = re.findall(r"`([a-z_]+\.[^`\s]*\$\{[^`]+)`", script.read_text(encoding="utf-8"))
        patterns |= {re.sub(r"\$\{[^}]*\}", "*", template) for template in templates}
    return {pattern for pattern in patterns if pattern.partition(".")[0] in tables()}


def tables() -> set[str]:
    return {key.partition(".")[0] for key in TEXTS[Language.CHINESE]}


def test_both_languages_have_the_same_texts_with_the_same_parts() -> None:
    zh, en = TEXTS[Language.CHINESE], TEXTS[Language.ENGLISH]

    assert set(zh) == set(en)
    for key in zh:
        assert sorted(re.findall(r"\{\w+\}", zh[key])) == sorted(re.findall(r"\{\w+\}", en[key])), (
            key
        )
        assert zh[key].strip(), key
        assert en[key].strip(), key


def test_every_text_that_a_page_names_is_there_and_every_text_is_used() -> None:
    texts = set(TEXTS[Language.CHINESE])
    patterns = [re.compile(re.escape(one).replace(r"\*", r"[\w-]+")) for one in used_patterns()]
    assert patterns

    assert used_keys() - texts == set()
    unused = texts - used_keys()
    assert {key for key in unused if not any(one.fullmatch(key) for one in patterns)} == set()


def test_every_state_and_rank_has_a_word() -> None:
    texts = TEXTS[Language.ENGLISH]

    assert {f"state.{state}" for state in TicketState} <= set(texts)
    assert {f"rank.{rank}" for rank in PriorityRank} <= set(texts)
    assert set(Policy().priority_ranks) == set(PriorityRank)


@pytest.mark.parametrize("page", PAGES, ids=lambda path: path.name)
@pytest.mark.parametrize("language", Language)
def test_a_filled_page_has_no_gap(page: Path, language: Language) -> None:
    texts = {**TEXTS[language], "html_language": "xx", **dict.fromkeys(FACTS, "what is known")}
    filled = fill(page.read_text(encoding="utf-8"), texts)

    assert "{{" not in filled
    assert '<html lang="xx">' in filled


def test_texts_are_escaped_in_a_page() -> None:
    assert fill("<b>{{one}}</b>", {"one": '<i>"'}) == "<b>&lt;i&gt;&quot;</b>"


@pytest.mark.parametrize("file", [*PAGES, *STYLES, *SCRIPTS], ids=lambda path: path.name)
def test_nothing_is_loaded_from_elsewhere_and_nothing_is_inline(file: Path) -> None:
    source = file.read_text(encoding="utf-8").replace("http://www.w3.org/2000/svg", "")

    assert not re.search(r"(?:https?:)?//[a-z0-9-]+\.[a-z]", source)
    if file.suffix == ".html":
        assert not re.search(r"<script(?![^>]*\bsrc=)|<style|\sstyle=|\son\w+=", source)
    assert "innerHTML" not in source
    assert "outerHTML" not in source


def test_the_colours_of_the_pages_are_those_of_the_palette() -> None:
    written = theme_css()

    for name, value in PALETTE.items():
        assert f"--{name.replace('_', '-')}: {value};" in written
    for style in STYLES:
        source = style.read_text(encoding="utf-8")
        assert not re.search(r"#[0-9a-fA-F]{3,8}\b(?![^{]*\{)", source), style.name
        for variable in re.findall(r"var\((--[\w-]+)", source):
            own = (STATIC / "base.css").read_text(encoding="utf-8")
            assert f"{variable}:" in written + own + source, (style.name, variable)
