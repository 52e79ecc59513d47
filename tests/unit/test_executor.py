"""The thread that does all the work on shards."""

from threading import Event

import pytest

from streams.worker.executor import SerialExecutor


def test_nothing_is_done_after_what_failed() -> None:
    """What follows a batch that failed would be folded in its place, and the batch passed over."""
    done: list[str] = []
    told: list[BaseException] = []
    may_fail = Event()

    def fail() -> None:
        assert may_fail.wait(10)
        raise RuntimeError("the transaction could not be ended")

    executor = SerialExecutor("executor", told.append)
    executor.submit(done.append, "before")
    failing = executor.submit(fail)
    after = executor.submit(done.append, "after")  # asked for while nobody knows yet
    may_fail.set()
    after.result(10)
    executor.submit(done.append, "later").result(10)
    with pytest.raises(RuntimeError, match="could not be ended"):
        failing.result(10)
    assert done == ["before"]
    assert [str(failure) for failure in told] == ["the transaction could not be ended"]
