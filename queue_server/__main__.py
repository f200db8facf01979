"""`python -m queue_server`: the same as `hospital-kiosk`."""

from queue_server.cli import main

if __name__ == "__main__":
    main()
