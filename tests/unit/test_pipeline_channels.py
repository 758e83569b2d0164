"""Channels: bounded, lossless, in order, END last."""

from __future__ import annotations

import threading
from dataclasses import dataclass

from hypothesis import given
from hypothesis import strategies as st

from inference.pipeline.channels import END, Channel, Mailbox


@dataclass(frozen=True)
class Item:
    n: int
    nbytes: int = 1


def test_items_come_out_in_order_and_end_comes_last() -> None:
    channel: Channel[Item] = Channel("c", capacity=10)
    for n in range(3):
        channel.put(Item(n))
    channel.put_end()
    assert [channel.get() for _ in range(4)] == [Item(0), Item(1), Item(2), END]
    assert channel.get() is END


def test_a_full_channel_makes_the_writer_wait() -> None:
    channel: Channel[Item] = Channel("c", capacity=1)
    assert channel.put(Item(0))
    assert not channel.put(Item(1), timeout_s=0.01)
    channel.get()
    assert channel.put(Item(1), timeout_s=0.01)


def test_a_waiting_writer_goes_on_when_there_is_room() -> None:
    channel: Channel[Item] = Channel("c", capacity=1)
    channel.put(Item(0))
    writer = threading.Thread(target=channel.put, args=(Item(1),))
    writer.start()
    assert channel.get() == Item(0)
    writer.join(2)
    assert channel.get() == Item(1)


def test_a_waiting_writer_is_let_go_when_the_channel_ends() -> None:
    channel: Channel[Item] = Channel("c", capacity=1)
    channel.put(Item(0))
    answers: list[bool] = []
    writer = threading.Thread(target=lambda: answers.append(channel.put(Item(1))))
    writer.start()
    channel.put_end()
    writer.join(2)
    assert answers == [False]
    assert channel.get() == Item(0)


def test_one_oversized_item_is_let_in_alone() -> None:
    channel: Channel[Item] = Channel("c", capacity=9, capacity_bytes=10)
    assert channel.put(Item(0, nbytes=1000), timeout_s=0)
    assert not channel.put(Item(1), timeout_s=0)


def test_newest_wins_and_what_was_dropped_is_said() -> None:
    channel: Channel[Item] = Channel("c", capacity=2)
    assert channel.put_newest(Item(0)) == []
    assert channel.put_newest(Item(1)) == []
    assert channel.put_newest(Item(2)) == [Item(0)]
    assert channel.drain(9) == [Item(1), Item(2)]


def test_get_says_none_when_nothing_came_in_time() -> None:
    assert Channel[Item]("c", capacity=1).get(timeout_s=0.01) is None


@given(st.lists(st.integers(1, 50), max_size=60), st.integers(1, 8), st.integers(1, 120))
def test_bounds_hold_and_nothing_is_lost(sizes: list[int], capacity: int, capacity_bytes: int) -> None:
    channel: Channel[Item] = Channel("c", capacity=capacity, capacity_bytes=capacity_bytes)
    out: list[Item] = []
    for n, size in enumerate(sizes):
        while not channel.put(Item(n, size), timeout_s=0):
            out += channel.drain(1)
        held = channel.fill()
        assert held.items <= capacity
    channel.put_end()
    while (item := channel.get()) is not END:
        assert item is not None
        out.append(item)
    assert [item.n for item in out] == list(range(len(sizes)))


def test_a_mailbox_keeps_the_newest_and_knows_whether_somebody_looks() -> None:
    box: Mailbox[int] = Mailbox()
    assert box.wanted
    box.put(1)
    box.put(2)
    assert not box.wanted
    assert box.take() == 2
    assert box.take() is None
    assert box.wanted
