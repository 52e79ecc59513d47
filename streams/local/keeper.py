"""Runs one command and ends it when the process that asked for it is gone, however that one ended.

Started as `python keeper.py SECONDS COMMAND...` with a pipe as standard input that nobody else holds open: its end is
the owner's death. That does not depend on which thread of the owner started it (a parent-death signal follows the
thread, not the process), and it works wherever there are pipes. Should the keeper itself be killed, Linux ends the
command with it. The first line on standard output is the command's process id.

It runs by its path and imports nothing of the project, so that it is up in a few hundredths of a second.
"""

import ctypes
import os
import select
import signal
import subprocess
import sys
import threading

_PR_SET_PDEATHSIG = 1
_POLL_SECONDS = 0.5


def keep(command: list[str], grace_seconds: float) -> int:
    """Run `command` until it ends or the owner does; its exit status."""
    owner, keeper = os.getppid(), os.getpid()

    def end_with_keeper() -> None:
        if sys.platform == "linux":
            ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
            if os.getppid() != keeper:  # killed between the fork and the call
                os._exit(1)

    # The command's output goes to the log that is our standard error; standard output is for the one line to the owner.
    process = subprocess.Popen(
        command,
        stdin=subprocess.DEVNULL,
        stdout=sys.stderr,
        preexec_fn=end_with_keeper,  # noqa: PLW1509 - no thread runs yet
    )
    for name in (signal.SIGTERM, signal.SIGINT):
        signal.signal(name, lambda *_: process.terminate())
    print(process.pid, flush=True)  # noqa: T201 - the line to the owner, who may ask it to end from now on
    threading.Thread(target=_end_with_owner, args=(process, owner, grace_seconds), daemon=True).start()
    return process.wait()


def _end_with_owner(process: "subprocess.Popen[bytes]", owner: int, grace_seconds: float) -> None:
    # The parent's id is a second test beside the pipe: a fork of the owner's may have inherited the pipe's end.
    while os.getppid() == owner:
        readable, _, _ = select.select([0], [], [], _POLL_SECONDS)
        if readable and not os.read(0, 1):
            break
    process.terminate()
    try:
        process.wait(grace_seconds)
    except subprocess.TimeoutExpired:
        process.kill()


if __name__ == "__main__":
    sys.exit(keep(sys.argv[2:], float(sys.argv[1])))
