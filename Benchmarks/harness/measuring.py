"""Turns of several workers, interleaved."""

import time

from .workers import WorkerError

PAUSE = 0.2  # Seconds between two turns, so that one worker's idle threads stop spinning before the next begins.


def nothing(_):
    pass


def measure(contestants, start, rounds, show=nothing):
    """Starts a worker for each contestant with `start`, and gives each a turn per round.

    Returns three dictionaries: contestant -> seconds of each round; contestant -> what its worker said, with `peak`, the most
    memory that it had, in bytes; contestant -> why it took no part.
    """
    workers, seconds, about, absent = {}, {}, {}, {}
    everyone = {}
    try:
        for contestant in contestants:
            show(f"starting {contestant.label}")
            try:
                workers[contestant] = everyone[contestant] = start(contestant)
                seconds[contestant], about[contestant] = [], workers[contestant].about
            except WorkerError as error:
                absent[contestant] = str(error)
        for index in range(rounds):
            # Everyone takes a turn in every round, and each round another begins.
            order = list(workers)
            first = index % max(len(order), 1)
            for contestant in order[first:] + order[:first]:
                time.sleep(PAUSE)
                show(f"round {index + 1} of {rounds}: {contestant.label}")
                try:
                    answer = workers[contestant].round()
                    seconds[contestant].append(answer["seconds"])
                    about[contestant] = {**about[contestant], **answer}
                except WorkerError as error:
                    absent[contestant] = f"in round {index + 1}: {error}"
                    workers.pop(contestant).end()
                    del seconds[contestant]
    finally:
        for worker in workers.values():
            worker.end()
    for contestant in seconds:
        about[contestant] = {**about[contestant], "peak": everyone[contestant].peak}
    return seconds, about, absent
