"""Work in a separate process returns its result, or the reason why there is none."""

from __future__ import annotations

import os
import signal
import subprocess
import sys

import pytest

from st_opendata.errors import InputError
from st_opendata.messages.message import verbatim
from st_opendata.place import Place
from st_opendata.system.child import ChildEndedError, Send, start

MANY = 1 << 20
"""Bytes: more than a pipe holds."""


def test_what_it_makes() -> None:
    def work(send: Send) -> str:
        send("begun")
        return "x" * MANY

    with start(work) as child:
        assert child.receive() == "begun"
        assert child.receive(60) == "x" * MANY


def test_an_error_of_ours_is_raised_here() -> None:
    def work(_send: Send) -> None:
        raise InputError(verbatim("no such thing"), place=Place("a.csv", line=2), remedy=verbatim("Make one."))

    with start(work) as child, pytest.raises(InputError) as caught:
        child.receive()
    assert str(caught.value) == "a.csv, line 2: no such thing\n  Make one."


def test_another_error_is_told() -> None:
    with start(lambda _send: {}["missing"]) as child, pytest.raises(ChildEndedError, match="KeyError") as caught:
        child.receive()
    assert caught.value.code == 1


def test_a_process_that_is_killed() -> None:
    with start(lambda _send: signal.pause()) as child:
        os.kill(child._process.pid or 0, signal.SIGKILL)
        with pytest.raises(ChildEndedError, match="ended with status -9") as caught:
            child.receive()
    assert caught.value.code == -signal.SIGKILL


def test_a_process_that_is_killed_while_it_answers() -> None:
    with start(lambda _send: "x" * MANY) as child:
        assert child._receiver.poll(60)  # it has begun
        os.kill(child._process.pid or 0, signal.SIGKILL)
        with pytest.raises(ChildEndedError):
            child.receive()


def test_it_ends_with_its_parent() -> None:
    code = (
        "import os, signal; from st_opendata.system.child import start\n"
        "def work(report): report(os.getpid()); signal.pause()\n"
        "with start(work) as child: print(child.receive(), flush=True); os.kill(os.getpid(), signal.SIGKILL)"
    )
    with subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, text=True) as parent:
        assert parent.stdout
        pid = parent.stdout.readline().strip()
        assert pid.isdecimal()
        assert parent.stdout.read() == ""  # the child holds it as well, as long as it lives


def test_an_interrupt_in_the_middle_of_a_fork_is_not_lost() -> None:
    code = (
        "import os, signal; from st_opendata.system.child import start\n"
        "os.register_at_fork(after_in_parent=lambda: signal.raise_signal(signal.SIGTERM))\n"
        "def interrupt(*_): raise KeyboardInterrupt\n"
        "signal.signal(signal.SIGTERM, interrupt)\n"
        "try:\n"
        "    with start(lambda _: signal.pause()): print('lost')\n"
        "except KeyboardInterrupt: print('interrupted')\n"
        "try: os.wait()\n"
        "except ChildProcessError: print('no child is left')"
    )
    done = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True)
    assert (done.stdout, done.stderr) == ("interrupted\nno child is left\n", "")


def test_a_signal_in_the_middle_of_a_fork_ends_the_child() -> None:
    code = (
        "import os, signal; from st_opendata.system.child import ChildEndedError, start\n"
        "os.register_at_fork(after_in_child=lambda: signal.raise_signal(signal.SIGINT))\n"
        "with start(lambda _: 'lost') as child:\n"
        "    try: print(child.receive())\n"
        "    except ChildEndedError as error: print(error.code)"
    )
    done = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True)
    assert (done.stdout.strip(), done.stderr) == (str(-signal.SIGINT), "")
