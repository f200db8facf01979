"""The doctors of the demo come to work: each signs in at the server, as on the console's page."""

import json
import urllib.request
from collections.abc import Iterable
from typing import Final

from queue_server.demo.programs import ProgramFailed

ANSWER_WITHIN_S: Final = 20.0


def sign_doctors_in(address: str, names: Iterable[str], password: str) -> None:
    """Sign each of `names` in, which says that he is there; nobody keeps the sessions.

    Raises:
        ProgramFailed: the server did not let one of them in.
    """
    # What this machine's environment says of proxies is not for its own server.
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    for name in names:
        request = urllib.request.Request(  # noqa: S310  # the demo's own address
            f"{address}/api/login",
            data=json.dumps({"user": name, "password": password}).encode(),
            headers={"Content-Type": "application/json", "Origin": address},
        )
        try:
            opener.open(request, timeout=ANSWER_WITHIN_S).close()
        except OSError as error:
            raise ProgramFailed(f"server does not let {name} sign in: {error}") from error
