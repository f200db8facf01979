"""The scene at the information desk: somebody asks where to go, and how long it takes."""

from queue_server.demo.pages import DESK_SIZE, signed_in_page
from queue_server.demo.stage import Stage
from queue_server.demo.users import DESK, PASSWORD


def tells_where_to_go(stage: Stage) -> None:
    """The desk finds a patient by his number and says what he is to do now."""
    stage.story.scene(
        "导诊台：去哪里、等多久",
        "The information desk: where to go, and how long it takes",
        "输入号码、姓名或身份证后四位，一句话说清现在该做什么、前面几位、大约多久；姓名隐去。"
        "旁边是各科室现在的候诊情况。",
        "A number, a name or the end of an ID number: one sentence says what to do now, how many"
        " are ahead and about how long. Names are masked; beside it stand all clinics.",
    )
    page = signed_in_page(
        stage.browser, stage.demo.address, DESK, PASSWORD, DESK_SIZE, first_page="**/desk"
    )
    page.locator("#clinics tr").first.wait_for()
    number = stage.cast.on_time[4].ticket.partition(":")[2]
    page.keyboard.type(number)
    page.locator(".visit .go").wait_for()
    stage.shoot_page(page, "desk")
    page.close()
