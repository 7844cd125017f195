"""Talking to workers: processes that speak the line protocol of Benchmarks/README.md."""

import functools
import json
import os
import queue
import subprocess
import sys
import tempfile
import threading
import time


class WorkerError(Exception):
    """Why a worker can't take part, in words for the table."""


@functools.cache
def ours(binary):
    """How Tanren's worker is started: `tanren-bench`, or the command that a `tanren` had before there was that."""
    try:
        answer = subprocess.run([binary, "bench-worker", "--help"], capture_output=True, text=True, timeout=60)
    except (OSError, subprocess.TimeoutExpired):
        return [binary]
    return [binary, "bench-worker"] if "USAGE: tanren bench-worker" in answer.stdout else [binary]


def timed(message):
    seconds = message.get("seconds")
    if not isinstance(seconds, (int, float)) or not seconds > 0:
        raise WorkerError(f"its answer says no time: {json.dumps(message)}")
    return message


# Of the kernel's count of resident memory, in bytes.
MEMORY_UNIT = 1 if sys.platform == "darwin" else 1024


class Conversation:
    """One worker process. Once it has ended, `peak` is the most memory that it had, in bytes."""

    def __init__(self, command, limit):
        self.command, self.limit, self.peak = command, limit, None
        self.log = tempfile.TemporaryFile("w+")
        self.start = time.perf_counter()
        try:
            self.process = subprocess.Popen(
                command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=self.log, text=True, bufsize=1)
        except OSError as error:
            self.log.close()
            raise WorkerError(f"can't start {command[0]}: {error.strerror}") from error
        self.lines = queue.Queue()
        # A thread, because a pipe can't be waited on with a limit once its text is buffered.
        threading.Thread(target=self.read, daemon=True).start()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.end()

    def read(self):
        with self.process.stdout as output:
            for line in output:
                self.lines.put((time.perf_counter(), line))
        self.lines.put((time.perf_counter(), None))

    def end(self):
        try:
            self.process.stdin.close()
        except OSError:
            pass  # It is gone already.
        self.reap(20)
        self.log.close()

    def reap(self, patience):
        """Waits for the process to end, and kills it after so many seconds."""
        if self.process.returncode is not None:
            return
        deadline, ended = time.monotonic() + patience, 0
        while not ended:
            ended, status, usage = os.wait4(self.process.pid, os.WNOHANG)
            if not ended:
                if time.monotonic() > deadline:
                    self.process.kill()
                time.sleep(0.005)
        self.process.returncode = os.waitstatus_to_exitcode(status)
        self.peak = usage.ru_maxrss * MEMORY_UNIT

    def ask(self, line):
        try:
            self.process.stdin.write(line + "\n")
        except OSError:
            raise WorkerError(self.last_words()) from None
        return self.answer()

    def answer(self):
        """The next message. Lines that aren't JSON objects are a library's chatter and are passed over."""
        deadline = time.monotonic() + self.limit
        while True:
            try:
                self.answered, line = self.lines.get(timeout=max(0, deadline - time.monotonic()))
            except queue.Empty:
                self.process.kill()
                raise WorkerError(f"no answer within {self.limit:g} s") from None
            if line is None:
                raise WorkerError(self.last_words())
            try:
                message = json.loads(line)
            except ValueError:
                continue
            if not isinstance(message, dict):
                continue
            if "error" in message:
                raise WorkerError(message["error"])
            return message

    def last_words(self):
        self.reap(self.limit)
        self.log.seek(0)
        lines = [line.strip() for line in self.log if line.strip()]
        return f"ended with status {self.process.returncode}" + (f": {lines[-1]}" if lines else "")


class Resident:
    """A worker that stays and does one round when asked."""

    def __init__(self, command, limit):
        self.conversation = Conversation(command, limit)
        try:
            self.about = self.conversation.answer()
            if not self.about.get("ready"):
                raise WorkerError(f"its first message was {json.dumps(self.about)}, not that it is ready")
        except WorkerError:
            self.conversation.end()
            raise

    def round(self):
        return timed(self.conversation.ask("run"))

    def end(self):
        self.conversation.end()

    @property
    def peak(self):
        return self.conversation.peak


class Fresh:
    """A worker that is started anew for each round, with its cache of programs cold, warm or absent.

    With `whole` the time is the process's, from its start to its answer; else the answer says it.
    """

    def __init__(self, command, condition, whole, limit):
        self.command, self.condition, self.whole, self.limit, self.about = command, condition, whole, limit, {}
        self.peak = 0
        self.warm = tempfile.TemporaryDirectory() if condition == "warm" else None
        # Unmeasured: fills the warm cache, and brings the program's files into the system's own.
        try:
            self.about = self.round()
        except WorkerError:
            self.end()
            raise

    def run(self, cache):
        with Conversation(self.command + (["--cache", cache] if cache else []), self.limit) as conversation:
            message = conversation.answer()
            if self.whole:
                message["seconds"] = conversation.answered - conversation.start
            message = timed(message)
        self.peak = max(self.peak, conversation.peak or 0)
        return message

    def round(self):
        if self.condition == "cold":
            with tempfile.TemporaryDirectory() as folder:
                return self.run(folder)
        return self.run(self.warm.name if self.warm else None)

    def end(self):
        if self.warm:
            self.warm.cleanup()
