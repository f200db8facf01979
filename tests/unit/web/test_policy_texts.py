"""Whatever a policy may hold has words on the page: a key without them would empty it."""

import pytest

from assets.translations import languages, load
from queue_server.rules.policy import EXPECTED, Choice, Count


@pytest.mark.parametrize("language", languages())
def test_every_key_and_every_word_of_a_policy_has_a_text(language: str) -> None:
    needed = {f"policies.{kind}_{key}" for key in EXPECTED for kind in ("key", "hint")}
    for expected in EXPECTED.values():
        if isinstance(expected, Choice):
            needed |= {f"policies.word_{word}" for word in expected.words}
        elif isinstance(expected, Count) and expected.unlimited_word:
            needed.add(f"policies.word_{expected.unlimited_word}")

    assert needed - set(load("web", language)) == set()
