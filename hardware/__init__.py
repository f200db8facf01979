"""Ticket printers and code scanners: ports, real drivers, simulated devices. Knows nothing of patients."""
