"""Whether processes still run, asked while they may be ending."""

import psutil


def runs(process: psutil.Process) -> bool:
    """Whether it is this very process, and has not ended: neither gone, nor waiting to be reaped.

    Between two questions to the system it may vanish, and its number be given to another.
    """
    try:
        return process.is_running() and process.status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False
