"""The kiosk: check-in, place in the queue and slips. The flow is pure; screens only show it."""
