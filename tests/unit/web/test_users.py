"""The users file: read and checked as a whole, and no hash or password in any message."""

from pathlib import Path

import pytest

from queue_server.demo.users import write_users
from queue_server.records.demo_hospital import DEMO_SITE_FILE
from queue_server.site import load_site
from queue_server.web.users import (
    PasswordCheck,
    Role,
    UsersError,
    load_users,
    make_password_hash,
)

SITE = load_site(DEMO_SITE_FILE)
HASH = make_password_hash("right")
SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"
FILE = f"""
[[user]]
name = "li"
role = "nurse"
display_name = "李静"
password_hash = "{HASH}"
areas = ["area-c", "area-a"]

[[user]]
name = "shen"
role = "doctor"
display_name = "沈怀仁"
password_hash = "{HASH}"
queue = "cardiology-1"
"""


def written(folder: Path, text: str) -> Path:
    path = folder / "users.toml"
    path.write_text(text, encoding="utf-8")
    path.chmod(0o640)
    return path


def test_a_nurse_has_the_queues_of_her_areas_and_a_doctor_has_his_own(tmp_path: Path) -> None:
    users = load_users(written(tmp_path, FILE), SITE)

    nurse, doctor = users["li"], users["shen"]
    assert nurse.role is Role.NURSE
    assert nurse.areas == ("area-a", "area-c")
    assert nurse.queues == {
        "respiratory", "cardiology-1", "cardiology-2", "respiratory-1", "respiratory-2",
        "dermatology-1", "chinese-medicine-1",
    }  # fmt: skip
    assert doctor.queues == {"cardiology-1"}
    assert doctor.areas == ("area-a",)
    assert (nurse.by, doctor.by) == ("nurse:li", "doctor:shen")


@pytest.mark.parametrize("role", ["administrator", "auditor"])
def test_technician_and_auditor_have_no_queue_and_may_not_be_given_one(
    tmp_path: Path, role: str
) -> None:
    text = FILE.replace('"nurse"', f'"{role}"\ntotp_secret = "{SECRET}"')

    overseer = load_users(written(tmp_path, text.replace("areas =", "# ")), SITE)["li"]
    assert (overseer.role, overseer.queues, overseer.areas) == (Role(role), frozenset(), ())
    assert overseer.totp_secret == SECRET
    with pytest.raises(UsersError, match="has no queues"):
        load_users(written(tmp_path, text), SITE)


@pytest.mark.parametrize("role", ["administrator", "auditor"])
def test_technician_and_auditor_need_a_second_factor(tmp_path: Path, role: str) -> None:
    text = FILE.replace('"nurse"', f'"{role}"').replace("areas =", "# ")

    with pytest.raises(UsersError, match="hospital-kiosk totp li") as caught:
        load_users(written(tmp_path, text), SITE)
    assert "user[1].totp_secret" in str(caught.value)


def test_anybody_else_may_have_a_second_factor(tmp_path: Path) -> None:
    text = FILE.replace('"doctor"', f'"doctor"\ntotp_secret = "{SECRET}"')

    users = load_users(written(tmp_path, text), SITE)

    assert (users["shen"].totp_secret, users["li"].totp_secret) == (SECRET, None)
    assert SECRET not in repr(users)


def test_a_secret_that_is_none_is_not_repeated(tmp_path: Path) -> None:
    text = FILE.replace('"doctor"', '"doctor"\ntotp_secret = "my secret"')

    with pytest.raises(UsersError, match="totp_secret") as caught:
        load_users(written(tmp_path, text), SITE)
    assert "my secret" not in str(caught.value)


def test_a_file_with_secrets_that_everybody_may_read_is_refused(tmp_path: Path) -> None:
    path = written(tmp_path, FILE.replace('"doctor"', f'"doctor"\ntotp_secret = "{SECRET}"'))
    path.chmod(0o644)

    with pytest.raises(UsersError, match="chmod o="):
        load_users(path, SITE)


def test_everything_that_is_wrong_is_told_at_once_with_its_place(tmp_path: Path) -> None:
    text = FILE.replace('"nurse"', '"cleaner"').replace('"cardiology-1"', '"cardiology-9"')
    text = text.replace("display_name", "displayname", 1)

    with pytest.raises(UsersError) as caught:
        load_users(written(tmp_path, text), SITE)

    told = str(caught.value)
    assert "user[1].role" in told
    assert "did you mean display_name?" in told
    assert "user[2].queue" in told
    assert "cardiology-9" in told


def test_a_password_written_where_its_hash_belongs_is_not_repeated(tmp_path: Path) -> None:
    with pytest.raises(UsersError) as caught:
        load_users(written(tmp_path, FILE.replace(HASH, "my secret")), SITE)

    assert "argon2id" in str(caught.value)
    assert "my secret" not in str(caught.value)
    assert "$argon2id" not in repr(load_users(written(tmp_path, FILE), SITE)["li"])


def test_a_name_is_given_once(tmp_path: Path) -> None:
    with pytest.raises(UsersError, match="already has"):
        load_users(written(tmp_path, FILE.replace('"shen"', '"li"')), SITE)


def test_a_file_that_is_not_there_is_told_as_such(tmp_path: Path) -> None:
    with pytest.raises(UsersError, match="can't be read"):
        load_users(tmp_path / "missing.toml", SITE)


def test_only_the_right_password_opens(tmp_path: Path) -> None:
    check = PasswordCheck(load_users(written(tmp_path, FILE), SITE))

    found = check.user("li", "right")

    assert found is not None
    assert found.name == "li"
    assert check.user("li", "wrong") is None
    assert check.user("li", HASH) is None
    assert check.user("nobody", "nobody") is None


def test_the_demo_has_one_user_of_each_role(tmp_path: Path) -> None:
    users = tmp_path / "users.toml"

    write_users(users, SITE, [one.id for one in SITE.queues if one.id not in SITE.teams])

    assert {user.role for user in load_users(users, SITE).values()} == set(Role)


@pytest.mark.parametrize("text", ["user = 5", 'user = "li"', "[user]"])
def test_users_that_are_no_list_of_tables_are_told(tmp_path: Path, text: str) -> None:
    with pytest.raises(UsersError, match=r"\[\[user\]\]"):
        load_users(written(tmp_path, text), SITE)


def test_a_hash_that_no_program_wrote_is_told_before_anybody_signs_in(tmp_path: Path) -> None:
    with pytest.raises(UsersError, match="argon2id hash"):
        load_users(written(tmp_path, FILE.replace(HASH, f"{HASH}é")), SITE)
