"""A USB bus for pyusb with one composite device: a keyboard, and a printer behind two endpoints.

What is written to the printer's endpoint goes to a simulated printer in the network, and what that
one answers can be read from the other endpoint.
"""

import array
import errno
import socket
from types import SimpleNamespace
from typing import Any

from usb.backend import IBackend  # type: ignore[import-untyped]
from usb.core import USBError, USBTimeoutError  # type: ignore[import-untyped]

VENDOR_ID, PRODUCT_ID = 0x0483, 0x5743
# Deliberately not the addresses 0x01 and 0x82 that libraries like to assume.
TO_PRINTER, FROM_PRINTER = 0x03, 0x84
KEYBOARD, PRINTER = 0, 1


class SimulatedUsbBus(IBackend):  # type: ignore[misc]  # pyusb has no types
    """A pyusb backend. The device is there while a printer answers at `host` and `port`."""

    def __init__(self, host: str, port: int) -> None:
        super().__init__()
        self._address = (host, port)
        self._line: socket.socket | None = None
        self.is_kernel_driver_attached = True

    def enumerate_devices(self) -> list[str]:
        try:
            socket.create_connection(self._address, timeout=1).close()
        except OSError:
            return []
        return ["device"]

    def get_device_descriptor(self, dev: Any) -> Any:
        return SimpleNamespace(
            bLength=18, bDescriptorType=1, bcdUSB=0x200, bDeviceClass=0, bDeviceSubClass=0,
            bDeviceProtocol=0, bMaxPacketSize0=64, idVendor=VENDOR_ID, idProduct=PRODUCT_ID,
            bcdDevice=0x100, iManufacturer=0, iProduct=0, iSerialNumber=0, bNumConfigurations=1,
            address=4, bus=1, port_number=1, port_numbers=(1,), speed=2,
        )  # fmt: skip

    def get_configuration_descriptor(self, dev: Any, config: int) -> Any:
        if config > 0:
            raise IndexError
        return SimpleNamespace(
            bLength=9, bDescriptorType=2, wTotalLength=62, bNumInterfaces=2,
            bConfigurationValue=1, iConfiguration=0, bmAttributes=0xC0, bMaxPower=50,
            extra_descriptors=b"",
        )  # fmt: skip

    def get_interface_descriptor(self, dev: Any, intf: int, alt: int, config: int) -> Any:
        if intf > PRINTER or alt > 0:
            raise IndexError
        return SimpleNamespace(
            bLength=9, bDescriptorType=4, bInterfaceNumber=intf, bAlternateSetting=0,
            bNumEndpoints=1 if intf == KEYBOARD else 2,
            bInterfaceClass=3 if intf == KEYBOARD else 7,
            bInterfaceSubClass=1, bInterfaceProtocol=2, iInterface=0, extra_descriptors=b"",
        )  # fmt: skip

    def get_endpoint_descriptor(self, dev: Any, ep: int, intf: int, alt: int, config: int) -> Any:
        endpoints = [(0x81, 3)] if intf == KEYBOARD else [(TO_PRINTER, 2), (FROM_PRINTER, 2)]
        address, attributes = endpoints[ep]
        return SimpleNamespace(
            bLength=7, bDescriptorType=5, bEndpointAddress=address, bmAttributes=attributes,
            wMaxPacketSize=64, bInterval=0, bRefresh=0, bSynchAddress=0, extra_descriptors=b"",
        )  # fmt: skip

    def open_device(self, dev: Any) -> str:
        return "handle"

    def close_device(self, dev_handle: Any) -> None:
        if self._line is not None:
            self._line.close()
            self._line = None

    def get_configuration(self, dev_handle: Any) -> int:
        return 1

    def is_kernel_driver_active(self, dev_handle: Any, intf: int) -> bool:
        return intf == PRINTER and self.is_kernel_driver_attached

    def detach_kernel_driver(self, dev_handle: Any, intf: int) -> None:
        self.is_kernel_driver_attached = False

    def claim_interface(self, dev_handle: Any, intf: int) -> None:
        if self.is_kernel_driver_attached:
            raise USBError("Resource busy", None, errno.EBUSY)
        self._line = socket.create_connection(self._address, timeout=1)

    def release_interface(self, dev_handle: Any, intf: int) -> None:
        self.close_device(dev_handle)

    def bulk_write(self, dev_handle: Any, ep: int, intf: int, data: Any, timeout: int) -> int:
        assert (ep, intf) == (TO_PRINTER, PRINTER)
        line = self._open_line(timeout)
        part = bytes(data)[:16384]  # as real buses do: not all at once
        try:
            line.sendall(part)
        except OSError as error:
            raise USBError("No such device", None, errno.ENODEV) from error
        return len(part)

    def bulk_read(self, dev_handle: Any, ep: int, intf: int, buff: Any, timeout: int) -> int:
        assert (ep, intf) == (FROM_PRINTER, PRINTER)
        line = self._open_line(timeout)
        try:
            data = line.recv(len(buff))
        except TimeoutError as error:
            raise USBTimeoutError("Operation timed out", None, errno.ETIMEDOUT) from error
        except OSError as error:
            raise USBError("No such device", None, errno.ENODEV) from error
        if not data:
            raise USBError("No such device", None, errno.ENODEV)
        buff[: len(data)] = array.array("B", data)
        return len(data)

    def _open_line(self, timeout_ms: int) -> socket.socket:
        assert self._line is not None
        assert timeout_ms > 0, "to pyusb 0 means for ever"
        self._line.settimeout(timeout_ms / 1000)
        return self._line
