"""A site file in which all is right, and what is told of one in which something is not."""

from pathlib import Path

import pytest

from queue_server.site import SiteError, load_site

SITE = """
[site]
id = "north"
name_zh = "北院"
name_en = "North Site"

[policy]
late_after_min = 5

[[area]]
id = "area-1"
name_zh = "一区"
name_en = "Area 1"
floor_zh = "1 层"
floor_en = "Floor 1"

[[queue]]
id = "eye-1"
area = "area-1"
room = "room-1"
room_zh = "1 诊室"
room_en = "Room 1"
clinic_zh = "眼科"
clinic_en = "Ophthalmology"
doctor_zh = "白露"
doctor_en = "Dr. Bai Lu"
doctor_title_zh = "主治医师"
doctor_title_en = "Attending Physician"
prefix = "A"
is_sensitive = false

[[queue]]
id = "skin-1"
area = "area-1"
room = "room-2"
room_zh = "2 诊室"
room_en = "Room 2"
clinic_zh = "皮肤性病科"
clinic_en = "Dermatology"
doctor_zh = "任可为"
doctor_en = "Dr. Ren Kewei"
doctor_title_zh = "主治医师"
doctor_title_en = "Attending Physician"
prefix = "B"
is_sensitive = true
policy.late_rule = "end_of_queue"
"""


def problems_of(path: Path, content: str | bytes) -> dict[str, str]:
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    with pytest.raises(SiteError) as caught:
        load_site(path)
    return {problem.where: problem.message_en for problem in caught.value.problems}
