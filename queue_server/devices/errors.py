"""What a technician may do wrong with devices, in words."""

from enum import StrEnum


class DeviceErrorCode(StrEnum):
    """Why a command on devices was refused."""

    NO_DEVICES = "NO_DEVICES"
    DEVICE_LIST_UNREADABLE = "DEVICE_LIST_UNREADABLE"
    DEVICE_NAME_INVALID = "DEVICE_NAME_INVALID"
    DEVICE_NAME_TAKEN = "DEVICE_NAME_TAKEN"
    DEVICE_UNKNOWN = "DEVICE_UNKNOWN"
    PLACE_UNKNOWN = "PLACE_UNKNOWN"
    BROKER_UNKNOWN = "BROKER_UNKNOWN"
    FOLDER_TAKEN = "FOLDER_TAKEN"


class DeviceError(Exception):
    """Refused; `str()` says in Chinese and in English what to do."""

    def __init__(self, code: DeviceErrorCode, message_zh: str, message_en: str) -> None:
        super().__init__(f"{message_zh}\n{message_en}")
        self.code = code
