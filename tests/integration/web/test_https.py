"""HTTPS of the pages: a real certificate, a real connection, and what is refused before it."""

import datetime as dt
import socket
import ssl
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from cryptography.hazmat.primitives import serialization

from queue_server.web.https import HttpsError, HttpsFiles, https_files, load_https
from queue_server.web.web_server import WebServer
from tests.integration.web.certificates import DAY, NOW, MakeFiles
from tests.integration.web.hospital_day import PASSWORD, HospitalDay


@pytest.fixture
def served(day: HospitalDay, make_files: MakeFiles) -> Iterator[tuple[int, ssl.SSLContext]]:
    """The port of pages by HTTPS, and what a browser trusts."""
    files = make_files()
    context, _ = load_https(files, NOW)
    server = WebServer(day.application(), host="127.0.0.1", port=0, https=context)
    yield server.start(), ssl.create_default_context(cafile=files.certificate)
    server.stop()


def test_by_https_one_signs_in_with_a_cookie_that_never_leaves_it(
    served: tuple[int, ssl.SSLContext],
) -> None:
    port, trusted = served
    with httpx.Client(base_url=f"https://127.0.0.1:{port}", verify=trusted) as client:
        answer = client.post(
            "/api/login",
            json={"user": "li", "password": PASSWORD},
            headers={"origin": f"https://127.0.0.1:{port}"},
        )
        assert answer.status_code == 200
        assert answer.headers["strict-transport-security"] == "max-age=31536000"
        cookie = answer.headers["set-cookie"]
        assert cookie.startswith("__Host-session=")
        assert {"Secure", "HttpOnly", "SameSite=strict", "Path=/"} <= set(cookie.split("; "))
        assert client.get("/api/me").json()["user"] == "li"

        token = client.cookies["__Host-session"]
        client.cookies.clear()
        # A cookie that a page without HTTPS could have planted opens nothing.
        client.cookies.set("session", token)
        assert client.get("/api/me").status_code == 401
        client.cookies.set("__Host-session", token)
        assert client.post("/api/logout", json={}).status_code == 200
        client.cookies.set("__Host-session", token)
        assert client.get("/api/me").status_code == 401


def test_a_page_of_the_same_name_without_https_may_not_ask(
    served: tuple[int, ssl.SSLContext],
) -> None:
    port, trusted = served
    with httpx.Client(base_url=f"https://127.0.0.1:{port}", verify=trusted) as client:
        answer = client.post("/api/logout", json={}, headers={"origin": f"http://127.0.0.1:{port}"})

    assert answer.json()["code"] == "WRONG_ORIGIN"


def test_where_https_is_served_nothing_answers_in_the_clear(
    served: tuple[int, ssl.SSLContext],
) -> None:
    port, _ = served
    with socket.create_connection(("127.0.0.1", port), 5) as connection:
        connection.sendall(b"GET /login HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n")
        assert b"HTTP" not in connection.recv(1000)


@pytest.mark.parametrize("version", [ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3])
def test_tls_1_2_and_1_3_are_spoken(
    served: tuple[int, ssl.SSLContext], version: ssl.TLSVersion
) -> None:
    port, trusted = served
    trusted.minimum_version = trusted.maximum_version = version

    with httpx.Client(verify=trusted) as client:
        assert client.get(f"https://127.0.0.1:{port}/login").status_code == 200


@pytest.mark.filterwarnings("ignore:ssl.TLSVersion.TLSv1:DeprecationWarning")
def test_older_tls_is_refused(served: tuple[int, ssl.SSLContext], make_files: MakeFiles) -> None:
    port, trusted = served
    trusted.set_ciphers("ALL:@SECLEVEL=0")
    trusted.minimum_version = ssl.TLSVersion.TLSv1
    trusted.maximum_version = ssl.TLSVersion.TLSv1_1

    address = ("127.0.0.1", port)
    with socket.create_connection(address, 5) as connection, pytest.raises(ssl.SSLError):
        trusted.wrap_socket(connection, server_hostname="127.0.0.1")
    assert load_https(make_files("other"), NOW)[0].minimum_version is ssl.TLSVersion.TLSv1_2


def refusal(files: HttpsFiles, now: dt.datetime = NOW) -> str:
    with pytest.raises(HttpsError) as caught:
        load_https(files, now)
    return str(caught.value)


def test_a_certificate_is_refused_before_and_after_its_time(make_files: MakeFiles) -> None:
    files = make_files(starts_at=NOW, ends_at=NOW + DAY)

    assert "ended on" in refusal(files, NOW + DAY)
    assert "clock" in refusal(files, NOW - dt.timedelta(minutes=1))
    assert load_https(files, NOW)[1] == (NOW + DAY).replace(microsecond=0)


def test_files_that_do_not_belong_together_are_told(make_files: MakeFiles) -> None:
    one, other = make_files("one"), make_files("other")

    assert "is not the key of" in refusal(HttpsFiles(certificate=one.certificate, key=other.key))


def test_files_that_are_none_are_told(make_files: MakeFiles, tmp_path: Path) -> None:
    good = make_files()
    missing, empty = tmp_path / "missing.pem", tmp_path / "empty.pem"
    empty.touch(mode=0o600)

    for path, what in ((missing, "No such file"), (empty, "no certificate"), (good.key, "no cert")):
        assert what in refusal(HttpsFiles(certificate=path, key=good.key))
    for path, what in ((missing, "No such file"), (empty, "no private key")):
        assert what in refusal(HttpsFiles(certificate=good.certificate, key=path))
    assert "Is a directory" in refusal(HttpsFiles(certificate=tmp_path, key=good.key))


def test_a_key_that_everybody_may_read_or_that_asks_for_a_password_is_refused(
    make_files: MakeFiles,
) -> None:
    files = make_files()
    files.key.chmod(0o644)
    assert "chmod o=" in refusal(files)

    files.key.chmod(0o640)
    key = serialization.load_pem_private_key(files.key.read_bytes(), None)
    secret = serialization.BestAvailableEncryption(b"secret")
    form = serialization.PrivateFormat
    for one in (form.PKCS8, form.TraditionalOpenSSL):
        files.key.write_bytes(key.private_bytes(serialization.Encoding.PEM, one, secret))
        assert "take it off" in refusal(files)


@pytest.mark.parametrize("host", ["127.0.0.1", "127.0.0.2", "::1", "localhost"])
def test_plain_http_is_served_to_this_machine(host: str) -> None:
    assert https_files(host, None, None) is None


@pytest.mark.parametrize("host", ["0.0.0.0", "10.0.0.5", "::", "hospital.test"])
def test_plain_http_to_anybody_else_is_refused_and_https_is_not(host: str) -> None:
    with pytest.raises(HttpsError, match="--https-certificate and --https-key"):
        https_files(host, None, None)
    assert https_files(host, Path("a"), Path("b")) is not None


def test_certificate_and_key_are_given_together() -> None:
    for files in ((Path("a"), None), (None, Path("b"))):
        with pytest.raises(HttpsError, match="belong together"):
            https_files("127.0.0.1", *files)
