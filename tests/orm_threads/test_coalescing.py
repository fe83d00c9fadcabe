"""Threads that announce something at the same moment share one announcement."""

from threading import Event, Thread

from frodo.coalescing import Coalescer


def test_what_comes_during_a_call_is_done_by_the_next_one_together():
    calls: list[list[int]] = []
    running, go_on = Event(), Event()

    def run(items: list[int]) -> list[None]:
        calls.append(list(items))
        if items == [0]:
            running.set()
            assert go_on.wait(10)
        return [None] * len(items)

    announce = Coalescer(run)
    first = Thread(target=announce, args=[0])
    first.start()
    assert running.wait(10)
    others = [Thread(target=announce, args=[n]) for n in range(1, 6)]
    for thread in others:
        thread.start()
    while len(announce.gathering.items) < 5:
        others[0].join(0.01)
    go_on.set()
    for thread in [first, *others]:
        thread.join(10)

    assert calls[0] == [0]
    assert sorted(calls[1]) == [1, 2, 3, 4, 5]
    assert len(calls) == 2


def test_one_after_another_is_done_at_once():
    calls: list[list[int]] = []

    def run(items: list[int]) -> list[int]:
        calls.append(list(items))
        return [item * 10 for item in items]

    announce = Coalescer(run)

    assert [announce(n) for n in range(3)] == [0, 10, 20]
    assert calls == [[0], [1], [2]]


def test_each_thread_gets_its_own_result_or_exception():
    running, go_on = Event(), Event()

    def run(items: list[str]) -> list[str | Exception]:
        if items == ["first"]:
            running.set()
            assert go_on.wait(10)
        if "fatal" in items:
            raise RuntimeError("all of them")
        return [ValueError(item) if item == "wrong" else item.upper() for item in items]

    together = Coalescer(run)

    def outcomes(*items: str) -> list[str]:
        found = {}

        def call(item: str) -> None:
            try:
                found[item] = together(item)
            except (ValueError, RuntimeError) as error:
                found[item] = repr(error)

        threads = [Thread(target=call, args=[item]) for item in ("first", *items)]
        threads[0].start()
        assert running.wait(10)
        for thread in threads[1:]:
            thread.start()
        while len(together.gathering.items) < len(items):
            threads[1].join(0.01)
        go_on.set()
        for thread in threads:
            thread.join(10)
        return [found[item] for item in items]

    assert outcomes("wrong", "right", "left") == ["ValueError('wrong')", "RIGHT", "LEFT"]
    running.clear()
    go_on.clear()
    assert outcomes("fatal", "other") == ["RuntimeError('all of them')"] * 2
