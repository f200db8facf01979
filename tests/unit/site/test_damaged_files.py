"""Whatever stands in a site file: it is read, or told in words."""

from pathlib import Path

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from queue_server.site import SiteError, load_site
from queue_server.toml_table import Problem
from tests.unit.site.site_for_tests import SITE, problems_of


def load_or_refuse(path: Path, content: bytes) -> None:
    """Whatever stands in the file, it is either read or refused in words."""
    path.write_bytes(content)
    problems: tuple[Problem, ...] | None = None
    try:
        load_site(path)
    except SiteError as error:
        problems = error.problems
    assert problems != ()
    for problem in problems or ():
        assert problem.where
        assert problem.message_zh.isprintable()
        assert problem.message_en.isprintable()


TOML_VALUES = ['""', "7", "1e400", "true", "[]", "[{}]", "{}", "2026-11-23", "04:00:00", "nan"]
HUGE = ["0x" + "f" * 5000, "9" * 5000, "[" * 3000, "{a=" * 3000, '"' + "长" * 5000 + '"']


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    line=st.integers(0, SITE.count("\n")),
    new=st.sampled_from([*TOML_VALUES, *HUGE]) | st.text(max_size=20),
    keep_key=st.booleans(),
)
def test_any_changed_line_is_read_or_told(
    tmp_path: Path, line: int, new: str, keep_key: bool
) -> None:
    lines = SITE.split("\n")
    key = lines[line].split("=")[0]
    lines[line] = f"{key}= {new}" if keep_key else new

    load_or_refuse(tmp_path / "site.toml", "\n".join(lines).encode())


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(start=st.integers(0, 900), length=st.integers(0, 60), new=st.binary(max_size=30))
def test_any_damaged_file_is_read_or_told(
    tmp_path: Path, start: int, length: int, new: bytes
) -> None:
    content = SITE.encode()

    load_or_refuse(tmp_path / "site.toml", content[:start] + new + content[start + length :])


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_a_key_that_is_left_out_or_misspelt_is_named(tmp_path: Path, data: st.DataObject) -> None:
    lines = SITE.split("\n")
    index = data.draw(
        st.sampled_from([index for index, line in enumerate(lines) if line.startswith("doctor")])
    )
    key = lines[index].split(" =")[0]
    letter = data.draw(st.integers(1, len(key) - 1))
    lines[index] = lines[index].replace(key, key[:letter] + key[letter + 1 :], 1)

    found = problems_of(tmp_path / "site.toml", "\n".join(lines))

    assert any(where.endswith(f".{key}") and "missing" in found[where] for where in found)
