"""Where the tour plays: the running demo, and the acts its scenes are made of."""

import shutil
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from playwright.sync_api import Browser, Page

from queue_server.contract.virtual_card import CARD_LIFE_S, CLOCK_SKEW_S
from queue_server.demo.cast import Actor, Cast
from queue_server.demo.controls import Window, ask, read_qr, wait_until
from queue_server.demo.hospital import DemoHospital
from queue_server.demo.pages import STATION_SIZE, Api, card_picture, signed_in_page
from queue_server.demo.story import Story
from queue_server.demo.users import NURSE, PASSWORD


@dataclass(slots=True, kw_only=True)
class Stage:
    """The programs of the demo, the story that is told, and who plays."""

    demo: DemoHospital
    story: Story
    cast: Cast
    browser: Browser
    nurse: Api
    doctor: Api
    station: Page
    console: Page
    kept_code: str = ""
    """A code that was on a phone at the beginning; it expires while the tour goes on."""
    kept_at_s: float = 0.0
    slips_seen: list[Path] = field(default_factory=list)

    @property
    def kiosk(self) -> Window:
        """The kiosk's window."""
        return Window(self.demo.ports.kiosk_control)

    # --- the kiosk -------------------------------------------------------------------------------

    def shoot_kiosk(self, name: str) -> None:
        """Take the present screen in Chinese, in large print and in English."""
        kiosk, story = self.kiosk, self.story
        kiosk.screenshot(story.picture(f"kiosk-{name}-zh"))
        kiosk.tap("dock-elder")
        kiosk.screenshot(story.picture(f"kiosk-{name}-elder"))
        kiosk.tap("dock-elder")
        kiosk.tap("dock-language")
        kiosk.screenshot(story.picture(f"kiosk-{name}-en"))
        kiosk.tap("dock-language")

    def phone_code(self, actor: Actor, picture: Path) -> str:
        """Take a picture of the patient's phone and read the code off it."""
        card_picture(self.browser, self.demo.address, actor.patient.patient_id, picture)
        return read_qr(picture)

    def keep_code(self, actor: Actor) -> None:
        """Let a patient take a picture of his own code, to try it later."""
        self.kept_code = self.phone_code(actor, self.demo.folder / "kept.png")
        self.kept_at_s = time.monotonic()

    def wait_until_kept_code_expires(self) -> None:
        """Wait for what is left of the life of that code."""
        expires_s = self.kept_at_s + CARD_LIFE_S + CLOCK_SKEW_S + 1
        left_s = expires_s - time.monotonic()
        wait_until(lambda: time.monotonic() > expires_s, "a code to expire", left_s + 1)

    def scan(self, code: str) -> None:
        """Hold a code under the kiosk's scanner."""
        ask(self.demo.ports.scanner_control, do="scan", value=code)

    def scan_phone(self, actor: Actor) -> str:
        """Let a patient hold his phone under the scanner; return the screen that follows."""
        hidden = self.demo.folder / "phone.png"
        self.scan(self.phone_code(actor, hidden))
        return self.kiosk.wait_for("one-visit", "visits", "place", "refusal")

    def type_id_number(self, actor: Actor) -> None:
        """Let a patient type his ID number, as far as to see it on the screen."""
        kiosk = self.kiosk
        kiosk.tap("check-in")
        kiosk.wait_for("identify")
        kiosk.tap("type-id-number")
        kiosk.wait_for("id-number-pad")
        assert actor.patient.id_number is not None
        for character in actor.patient.id_number:
            kiosk.tap("digit-10" if character in "xX" else f"digit-{character}")

    def check_in(self, actor: Actor) -> None:
        """Let a patient check in with his phone, and go."""
        if self.scan_phone(actor) != "place":
            self.kiosk.tap("check-in")
        self.kiosk.wait_for("place")
        self.wait_for_slip()
        self.go_home()

    def go_home(self) -> None:
        """Leave the kiosk as the next patient finds it."""
        self.kiosk.tap("dock-home")
        self.kiosk.wait_for("home")

    # --- slips, boards, sounds -------------------------------------------------------------------

    def wait_for_slip(self) -> Path:
        """Wait for a slip that nobody has seen yet."""

        def new() -> list[Path]:
            return [
                slip
                for slip in sorted(self.demo.slips.glob("*.png"))
                if slip not in self.slips_seen
            ]

        wait_until(lambda: bool(new()), "a slip")
        slip = new()[0]
        self.slips_seen.append(slip)
        return slip

    def keep_slip(self, slip: Path, name: str) -> None:
        """Put a slip into the story."""
        shutil.copy(slip, self.story.picture(f"slip-{name}"))

    def shoot_boards(self, name: str) -> None:
        """Take both boards, once what moves on them has come to rest."""
        self.console.wait_for_timeout(1500)
        for kind, port in (
            ("area", self.demo.ports.area_control),
            ("door", self.demo.ports.door_control),
        ):
            Window(port).screenshot(self.story.picture(f"board-{kind}-{name}"))

    def set_fault(self, fault: str) -> None:
        """Break the printer."""
        ask(self.demo.ports.printer_control, do="set", value=fault)

    def mend_printer(self) -> None:
        """Make the printer whole again."""
        ask(self.demo.ports.printer_control, do="clear_all")

    # --- pages -----------------------------------------------------------------------------------

    @contextmanager
    def nurse_station(self) -> Iterator[Page]:
        """Sign a nurse in anew, as she has to when the server was started anew."""
        page = signed_in_page(self.browser, self.demo.address, NURSE, PASSWORD, STATION_SIZE)
        yield page
        page.close()

    def shoot_page(self, page: Page, name: str) -> None:
        """Take a page once it has settled."""
        page.wait_for_timeout(600)
        page.screenshot(path=self.story.picture(name))
