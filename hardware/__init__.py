"""Ticket printers and code scanners: ports, real drivers, simulated devices."""
