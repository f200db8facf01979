"""What the command line says of a queue server."""

from dataclasses import dataclass
from pathlib import Path

from queue_server.broker.broker import BrokerAddress
from queue_server.client.logs import Form, Level
from queue_server.journal.journal_key import JournalKey
from queue_server.web.https import HttpsFiles


@dataclass(frozen=True, slots=True, kw_only=True)
class ServerOptions:
    """What the command line says of a queue server."""

    site_file: Path
    users_file: Path
    data_folder: Path
    http_host: str
    http_port: int
    https: HttpsFiles | None = None
    """Serves the pages by HTTPS; None: plain HTTP, which must not leave this machine."""
    broker: BrokerAddress | None = None
    """The hospital's own broker; None: the embedded one."""
    journal_key: JournalKey | None = None
    """Encrypts the journal; None: it is plain."""
    broker_listen: BrokerAddress | None = None
    """Where the embedded broker listens. None: where the list of devices says; without one, at
    any free port of this machine."""
    payments_file: Path | None = None
    """Who takes money, `payments.toml`; None: nobody."""
    messages_file: Path | None = None
    """Who brings messages to patients, `messages.toml`; None: nobody."""
    metrics: BrokerAddress | None = None
    """Where `/metrics` is served; None: nowhere."""
    log_format: Form = "text"
    log_level: Level = "INFO"
    demo_seed: int | None = None
    """Makes the demo hospital of the day, if there is none in the folder, and shows its cards."""
    clock_offset_s: int = 0
    """For demos: how far the clock is ahead of the real one."""

    @property
    def records_file(self) -> Path:
        """Where the demo hospital's records are."""
        return self.data_folder / "records.sqlite"

    @property
    def check_key_file(self) -> Path:
        """The secret that check codes of receipts and reports are made with."""
        return self.data_folder / "check-key"
