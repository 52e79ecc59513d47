"""Torn transactions are found by their numbers, whatever compaction has taken away, and whole ones are not accused."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from streams.kafka.numbering import Numbering, begins, ends

Marks = list[bytes]


def judged(marks: Marks) -> tuple[int, int]:
    """(outputs lost, state lost)."""
    numbering = Numbering()
    for value in marks:
        numbering.take(value)
    numbering.finish()
    return numbering.outputs_lost, numbering.state_lost


def whole(count: int) -> Marks:
    """The marks of so many transactions."""
    return [mark(done).value for done in range(count) for mark in (begins, ends)]


@given(count=st.integers(0, 20), cleaned=st.integers(0, 40))
def test_whole_transactions_are_whole_however_much_is_compacted(count: int, cleaned: int) -> None:
    marks = whole(count)
    compacted = marks[: min(cleaned, len(marks))][-1:] + marks[cleaned:]
    assert judged(compacted) == (0, 0)
    numbering = Numbering()
    for value in compacted:
        numbering.take(value)
    assert numbering.done == count


@given(before=st.integers(1, 9), after=st.integers(0, 9))
def test_a_beginning_that_is_missing_is_of_outputs_that_were_lost(before: int, after: int) -> None:
    marks = whole(before + 1 + after)
    del marks[2 * before]
    assert judged(marks) == (1, 0)


@given(before=st.integers(0, 9), after=st.integers(0, 9))
def test_a_beginning_without_an_end_is_of_state_that_was_lost(before: int, after: int) -> None:
    published_alone = [begins(before).value]
    assert judged(whole(before) + published_alone) == (0, 1)
    assert judged(whole(before) + published_alone + whole(before + 1 + after)[2 * before :]) == (0, 1)


def test_an_end_that_is_said_twice_was_a_proof_and_tears_nothing() -> None:
    assert judged([*whole(3), ends(2).value, begins(3).value, ends(3).value]) == (0, 0)


def test_numbers_go_on_behind_a_torn_transaction_and_it_stays_the_only_one() -> None:
    marks = [*whole(2), begins(2).value]
    numbering = Numbering()
    for value in marks:
        numbering.take(value)
    marks += [mark(done).value for done in (numbering.done, numbering.done + 1) for mark in (begins, ends)]
    assert judged(marks) == (0, 1)
