"""Makes WAV files with pyttsx3: one JSON request a line on stdin, one JSON answer a line on stdout.

A program of its own, started by `synthesiser.py`: pyttsx3 loses settings and files when it is
used from several places, may hang for ever, and ends the process at an unknown voice. Around
its public calls it needs two private ones, so that the settings hold before the text starts:
the version is pinned, and a test counts the files.
"""

import json
import os
import sys
import threading

import pyttsx3
from pyttsx3.drivers import _espeak

UTTERANCE_MAX_S = 8


def main() -> None:
    """Answer requests until stdin ends."""
    answers = os.fdopen(os.dup(1), "w", buffering=1)
    os.dup2(2, 1)  # pyttsx3 prints on stdout: that must not mix with the answers
    engine = pyttsx3.init("espeak")
    driver = engine.proxy._driver  # noqa: SLF001 - see above
    finished = threading.Event()
    engine.connect("finished-utterance", lambda name, completed: finished.set())
    for line in sys.stdin:
        request = json.loads(line)
        finished.clear()
        driver.setProperty("voice", request["voice"])
        driver.setProperty("rate", request["rate"])
        driver.setProperty("volume", request["volume"])
        _espeak.Synchronize()
        driver.save_to_file(request["text"], request["path"])
        driver._start_synthesis(request["text"])  # noqa: SLF001 - see above
        _espeak.Synchronize()
        done = finished.wait(UTTERANCE_MAX_S) and engine.getProperty("voice") == request["voice"]
        answers.write(json.dumps({"path": request["path"], "done": done}) + "\n")


if __name__ == "__main__":
    main()
