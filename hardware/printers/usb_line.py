"""A printer on USB, driven without a kernel driver. Needs pyusb, and libusb on the machine."""

from contextlib import suppress
from dataclasses import dataclass
from importlib import import_module
from time import monotonic
from typing import Any

# pyusb has no types.
_core: Any = import_module("usb.core")
_util: Any = import_module("usb.util")

PRINTER_CLASS = 7
VENDOR_CLASS = 255
READ_BYTES_MAX = 512
_IN, _OUT, _BULK = 0x80, 0x00, 0x02
_DIRECTION_BIT, _TYPE_BITS = 0x80, 0x03


@dataclass(frozen=True, slots=True, kw_only=True)
class UsbLine:
    """`vendor_id` and `product_id` as `lsusb` shows them; `backend` None is the system's libusb."""

    vendor_id: int
    product_id: int
    write_timeout_s: float
    backend: Any = None

    def open(self) -> "OpenUsbLine":
        """Open the line; OSError if it can't be done."""
        try:
            device = _core.find(
                idVendor=self.vendor_id, idProduct=self.product_id, backend=self.backend
            )
        except ValueError as error:  # pyusb says so when the system has no libusb
            raise OSError(f"USB: {error}") from error
        if device is None:
            raise FileNotFoundError(f"no USB device {self.vendor_id:04x}:{self.product_id:04x}")
        return OpenUsbLine(device, self.write_timeout_s)


class OpenUsbLine:
    """A claimed printer interface."""

    def __init__(self, device: Any, write_timeout_s: float) -> None:
        self._device = device
        self._write_timeout_s = write_timeout_s
        try:
            interface, self._to_printer, self._from_printer = _printer_interface(device)
            # The kernel's usblp would hold the interface; where there is no kernel driver, or no
            # such notion, there is nothing to detach.
            with suppress(NotImplementedError, _core.USBError):
                if device.is_kernel_driver_active(interface.bInterfaceNumber):
                    device.detach_kernel_driver(interface.bInterfaceNumber)
            _util.claim_interface(device, interface.bInterfaceNumber)
        except OSError:
            self.close()
            raise

    def write(self, data: bytes) -> None:
        """Send all of `data`; OSError if not all of it went out."""
        deadline_s = monotonic() + self._write_timeout_s
        left = data
        while left:
            left_ms = round((deadline_s - monotonic()) * 1000)
            if left_ms <= 0:
                raise TimeoutError("the printer takes no more data")
            left = left[self._to_printer.write(left, left_ms) :]

    def read(self, timeout_s: float) -> bytes:
        """Return what has arrived, b"" if nothing came in time."""
        # To pyusb a time-out of 0 means for ever.
        try:
            data = self._from_printer.read(READ_BYTES_MAX, max(1, round(timeout_s * 1000)))
        except _core.USBTimeoutError:
            return b""
        return bytes(data)

    def close(self) -> None:
        """Give the line up."""
        with suppress(OSError):
            _util.dispose_resources(self._device)


def _printer_interface(device: Any) -> tuple[Any, Any, Any]:
    """Return interface, bulk-out and bulk-in endpoint: their addresses differ from make to make."""
    try:
        configuration = device.get_active_configuration()
    except OSError:
        device.set_configuration()
        configuration = device.get_active_configuration()
    for wanted_class in (PRINTER_CLASS, VENDOR_CLASS):
        for interface in configuration:
            to_printer, from_printer = _bulk(interface, _OUT), _bulk(interface, _IN)
            if interface.bInterfaceClass == wanted_class and to_printer and from_printer:
                return interface, to_printer, from_printer
    raise OSError("the USB device has no printer interface that can be written and read")


def _bulk(interface: Any, direction: int) -> Any:
    """Return the first bulk endpoint of `interface` in `direction`, or None."""
    for endpoint in interface:
        is_bulk = endpoint.bmAttributes & _TYPE_BITS == _BULK
        if is_bulk and endpoint.bEndpointAddress & _DIRECTION_BIT == direction:
            return endpoint
    return None
