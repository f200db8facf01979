"""The scene about an MDT clinic: one patient, two doctors at their consoles, and the door."""

from typing import Final

from queue_server.demo.cast import MDT_CLINIC
from queue_server.demo.controls import Window
from queue_server.demo.pages import CONSOLE_SIZE, signed_in_page
from queue_server.demo.stage import Stage
from queue_server.demo.users import PASSWORD

LEAD: Final = "endocrinology-1"
COLLEAGUE: Final = "orthopaedics-1"
DOOR_SIZE: Final = "1280x800"


def doctors_come_to_a_patient(stage: Stage) -> None:
    """The quorum signs in, the patient is called once, and the doctors come one after the other."""
    stage.story.scene(
        "多学科门诊：患者不动医师动",
        "A multi-disciplinary clinic: the doctors come to the patient",
        "一张号，几位医生。必到的医生都到会诊室后才能叫号；有医生忘了登记，护士看到他坐在那里，替他记上。"
        "患者留在会诊室，医生依次前来，在自己的叫号台上记“来看患者”“看完了”。"
        "门口屏、护士站和患者手机都看得到谁已到、谁在会诊。",
        "One ticket, several doctors. Nobody is called before the required ones are there; for one"
        " who forgot to say so, the nurse does. The patient stays, and each doctor says at his own"
        " console when he has come and is done."
        " Door board, nurse station and phone show who is there.",
    )
    stage.nurse.act(MDT_CLINIC, "check-in", ticket=stage.cast.of_team.ticket)
    lead, colleague = (
        signed_in_page(stage.browser, stage.demo.address, name, PASSWORD, CONSOLE_SIZE)
        for name in (LEAD, COLLEAGUE)
    )
    with stage.demo.mdt_door_board(DOOR_SIZE) as port:
        door = Window(port)
        lead.locator('[data-act="join-team"]').click()
        lead.locator(".team-panel .missing").wait_for()
        stage.shoot_page(lead, "mdt-console-waiting-for-the-team")
        door.screenshot(stage.story.picture("mdt-door-waiting-for-the-team"))
        _nurse_signs_in(stage, COLLEAGUE)
        lead.locator('[data-act="call"]:enabled').click()
        colleague.locator('[data-act="come-to-patient"]').click()
        lead.locator('[data-act="come-to-patient"]').click()
        colleague.locator('[data-act="end-turn"]').click()
        lead.locator(f'[data-member="{COLLEAGUE}"][data-state="done"]').wait_for()
        stage.shoot_page(lead, "mdt-console-lead")
        stage.shoot_page(colleague, "mdt-console-colleague")
        stage.shoot_page(stage.station, "mdt-station")
        door.screenshot(stage.story.picture("mdt-door"))
        lead.locator('[data-act="end-turn"]').click()
        lead.locator(".team-panel .patient-in").wait_for(state="detached")
    lead.close()
    colleague.close()


def _nurse_signs_in(stage: Stage, doctor: str) -> None:
    """The nurse sees the doctor sit in the clinic, who forgot to say so."""
    station = stage.station
    station.locator(f'.queue[data-key="{MDT_CLINIC}"] .menu').click()
    stage.shoot_page(station, "station-team")
    station.locator(f'dialog[open] [data-member="{doctor}"] button').click()
    station.locator("dialog[open]").wait_for(state="detached")
