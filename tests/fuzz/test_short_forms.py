"""The short form of each fuzzer: the same inputs in every run."""

import pytest

from tests.fuzz.campaign import Fuzzer, Try, run_slice
from tests.fuzz.fuzzers import FUZZERS

SEED = 1
SHARE = 2
"""So much fewer inputs than a slice of the long form has."""
TRIES = [
    pytest.param(fuzzer, one, id=f"{way}-{one.name}")
    for way, fuzzers in FUZZERS.items()
    for fuzzer in fuzzers
    for one in fuzzer.tries
]


@pytest.mark.parametrize(("fuzzer", "one"), TRIES)
def test_nothing_that_is_thrown_breaks_anything(fuzzer: Fuzzer, one: Try) -> None:
    assert run_slice(fuzzer, one, SEED, max(4, one.examples // SHARE)) > 0
