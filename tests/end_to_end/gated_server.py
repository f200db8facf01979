"""The real queue server, which stops at a gate before and after each commit about a payment.

`python -m tests.end_to_end.gated_server SOCKET server ...` is `hospital-kiosk server ...`. Who
listens at SOCKET is told of each such commit, and may do anything to this process or to others
before it answers; where nobody listens the server goes on.
"""

import json
import socket
import sys
from collections.abc import Sequence

from queue_server.cli import main
from queue_server.journal.journal import Batch
from queue_server.journal.sqlite_journal import SqliteJournal
from queue_server.payments.step_codec import FACT_PREFIX


def pass_gate(path: str, when: str, names: Sequence[str]) -> None:
    """Tell whoever listens, and wait for his word."""
    with socket.socket(socket.AF_UNIX) as line:
        try:
            line.connect(path)
            line.sendall(json.dumps({"when": when, "names": names}).encode() + b"\n")
            line.recv(1)
        except OSError:
            return


def gate_commits(path: str) -> None:
    """Let each commit with steps of payments pass the gate, twice."""
    append = SqliteJournal.append

    def gated(journal: SqliteJournal, batch: Batch) -> None:
        names = [
            fact.name.removeprefix(FACT_PREFIX)
            for fact in batch.facts
            if fact.name.startswith(FACT_PREFIX)
        ]
        if names:
            pass_gate(path, "before", names)
        append(journal, batch)
        if names:
            pass_gate(path, "after", names)

    SqliteJournal.append = gated  # type: ignore[method-assign,assignment]


if __name__ == "__main__":
    gate_commits(sys.argv[1])
    main(sys.argv[2:])
