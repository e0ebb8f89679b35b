"""A training process for tests, ended even when the test fails."""

import asyncio
import os
import signal
from contextlib import asynccontextmanager

from lessons.client import Client


def run(coroutine):
    """Like asyncio.run, with a limit: a test must not hang."""

    async def limited():
        return await asyncio.wait_for(coroutine, 600)

    return asyncio.run(limited())


@asynccontextmanager
async def client(**options):
    one = Client(**options)
    try:
        await one.start()
        yield one
    finally:
        await one.close()


def alive(pid):
    """Whether a process runs (a zombie does not)."""
    try:
        with open(f"/proc/{pid}/stat") as stat:
            return stat.read().rsplit(")", 1)[1].split()[0] != "Z"
    except FileNotFoundError:
        return False


def children(pid):
    """The living children of a process."""
    found = []
    for entry in filter(str.isdigit, os.listdir("/proc")):
        try:
            with open(f"/proc/{entry}/stat") as stat:
                fields = stat.read().rsplit(")", 1)[1].split()
        except (FileNotFoundError, ProcessLookupError):
            continue
        if int(fields[1]) == pid and fields[0] != "Z":
            found.append(int(entry))
    return found


async def until(condition, seconds=60):
    """Wait for a condition, or fail."""
    for _ in range(int(seconds / 0.02)):
        if condition():
            return
        await asyncio.sleep(0.02)
    raise AssertionError(f"never became true: {condition}")


def kill(pid):
    os.kill(pid, signal.SIGKILL)
