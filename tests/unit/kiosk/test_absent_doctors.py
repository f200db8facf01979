"""Which doctors are late, away or stopped is said on the home screen, to whoever comes."""

from kiosk.flow.events import AbsencesTold, Key, LineChanged
from kiosk.presenter.views import HomeView
from queue_server.contract.absence import Absence, AbsentDoctor
from queue_server.rules.terms import AbsenceKind
from tests.unit.kiosk.a_kiosk import PRESENTER, SETTINGS, AKiosk


def absent(
    doctor: str, kind: AbsenceKind, returns: str = "", queue: str = "cardiology-1"
) -> AbsentDoctor:
    return AbsentDoctor(
        queue=queue,
        clinic_zh="心内科",
        clinic_en="Cardiology",
        doctor_zh=doctor,
        doctor_en=doctor,
        absence=Absence(kind=kind, returns_text=returns),
    )


LATE = absent("沈怀仁", AbsenceKind.LATE, "09:30")
STOPPED = absent("陆知行", AbsenceKind.STOPPED)


def notice(kiosk: AKiosk) -> str:
    body = PRESENTER.present(kiosk.state).body
    assert isinstance(body, HomeView)
    return "" if body.notice is None else f"{body.notice.text} {body.notice.more}".strip()


def test_the_home_screen_says_who_is_late_and_until_when() -> None:
    kiosk = AKiosk().on(AbsencesTold(doctors=(LATE,)))
    assert notice(kiosk) == "心内科 沈怀仁：医生迟到，预计 09:30 到岗"

    kiosk.on(AbsencesTold(doctors=()))
    assert notice(kiosk) == ""


def test_whose_clinic_is_stopped_is_told_first_and_the_others_are_counted() -> None:
    others = tuple(absent(name, AbsenceKind.LEFT) for name in ("甲", "乙"))
    told = notice(AKiosk().on(AbsencesTold(doctors=(LATE, *others, STOPPED))))

    assert told.startswith("心内科 陆知行：今天停诊\n心内科 沈怀仁")
    assert "还有 2 位医生" in told


def test_it_stays_when_a_patient_has_come_and_gone() -> None:
    kiosk = AKiosk().on(AbsencesTold(doctors=(LATE,)))
    kiosk.tap(Key.CHECK_IN).wait(SETTINGS.unattended_after_s)

    assert "沈怀仁" in notice(kiosk)


def test_without_the_line_nothing_old_is_told() -> None:
    kiosk = AKiosk().on(AbsencesTold(doctors=(LATE,)), LineChanged(is_up=False))

    assert notice(kiosk) == ""
