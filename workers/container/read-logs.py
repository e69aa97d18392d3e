"""Prints what the site's releases have written to their logs, each line as "NUMBER LINE", where LINE is as s6-log keeps it.

    read-logs.py LINES           the newest lines of all releases, in the order of their times
    read-logs.py LINES follow    the same, then a line "=", then lines as they come, until standard input ends

Who writes more than may be read has the oldest of it left out, told as "- COUNT". The work is the site's own: it runs with
the site's limits.
"""

import os
import re
import select
import stat
import sys
import time

LOGS = os.environ.get("RUN", "/run") + "/log"
PLACE = re.compile(r"^web-(\d{1,7})$")
TIME = 29
FILE_BYTES_MAX = 4 << 20
LINE_BYTES_MAX = 64 << 10
TICK_SECONDS = 0.1
LIFE_SECONDS = 3600
# At a burst, and at length.
LINES_AT_ONCE, LINES_PER_TICK = 2000, 40
BYTES_AT_ONCE, BYTES_PER_TICK = 512 << 10, 16 << 10


def main():
    count = int(sys.argv[1])
    follows = sys.argv[2:] == ["follow"]
    tails = {}
    write(past(count, tails))
    if not follows:
        return
    write([b"="])
    budget = Budget()
    end = time.monotonic() + LIFE_SECONDS
    while time.monotonic() < end and not input_ended():
        write(budget.take(news(tails)))


def past(count, tails):
    lines = []
    for number, place in places():
        tail = tails[number] = Tail(place)
        lines += [(line[:TIME], number, line) for line in tail.past()[-count:] if count]
    lines.sort(key=lambda line: line[0])
    return [b"%d %s" % (number, line) for _, number, line in lines[-count:]]


def news(tails):
    found = []
    present = dict(places())
    for number in [number for number in tails if number not in present]:
        tails.pop(number).close()
    for number, place in sorted(present.items()):
        tail = tails.setdefault(number, Tail(place))
        found += [b"%d %s" % (number, line) for line in tail.news()]
    return found


def places():
    try:
        names = os.listdir(LOGS)
    except OSError:
        return []
    return [(int(match[1]), os.path.join(LOGS, match[0])) for match in map(PLACE.match, names) if match]


class Tail:
    """One release's ring of files: `current`, and the older ones with the times of their ends as names."""

    def __init__(self, place):
        self.place = place
        self.file = None
        self.rest = b""

    def past(self):
        text = b"".join(read_file(name) for name in self.older()) + self.read()
        return self.split(text)

    def news(self):
        text = self.read()
        if self.file is not None and not self.is_current():
            missed = self.missed()
            self.close()
            text += b"".join(read_file(name) for name in missed) + self.read()
        return self.split(text)

    def read(self):
        if self.file is None:
            self.file = open_file(os.path.join(self.place, "current"))
        return b"" if self.file is None else read_all(self.file)

    def split(self, text):
        lines = (self.rest + text).split(b"\n")
        self.rest = lines.pop()[-LINE_BYTES_MAX:]
        return [line for line in lines if line]

    def is_current(self):
        try:
            now = os.stat(os.path.join(self.place, "current"))
        except OSError:
            return True
        return now.st_ino == os.fstat(self.file).st_ino

    def older(self):
        try:
            return [os.path.join(self.place, name) for name in sorted(os.listdir(self.place)) if name.startswith("@")]
        except OSError:
            return []

    def missed(self):
        """The files between the one that was being read and the one that is current."""
        mine = os.fstat(self.file).st_ino
        names = self.older()
        for place, name in enumerate(names):
            try:
                if os.stat(name).st_ino == mine:
                    return names[place + 1 :]
            except OSError:
                pass
        return names

    def close(self):
        if self.file is not None:
            os.close(self.file)
        self.file = None


class Budget:
    """Lets bursts through whole, and of a flood the newest."""

    def __init__(self):
        self.lines = LINES_AT_ONCE
        self.bytes = BYTES_AT_ONCE

    def take(self, lines):
        self.lines = min(self.lines + LINES_PER_TICK, LINES_AT_ONCE)
        self.bytes = min(self.bytes + BYTES_PER_TICK, BYTES_AT_ONCE)
        first = len(lines)
        while first > 0 and self.lines > 0 and self.bytes >= len(lines[first - 1]):
            first -= 1
            self.lines -= 1
            self.bytes -= len(lines[first])
        return ([b"- %d" % first] if first else []) + lines[first:]


def open_file(name):
    try:
        file = os.open(name, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
    except OSError:
        return None
    if stat.S_ISREG(os.fstat(file).st_mode):
        return file
    os.close(file)
    return None


def read_file(name):
    file = open_file(name)
    if file is None:
        return b""
    try:
        return read_all(file)
    finally:
        os.close(file)


def read_all(file):
    parts = []
    left = FILE_BYTES_MAX
    while left > 0:
        part = os.read(file, min(left, 256 << 10))
        if not part:
            break
        parts.append(part)
        left -= len(part)
    return b"".join(parts)


def input_ended():
    """Waits for a tick; what comes in means nothing, only its end does."""
    ready, _, _ = select.select([0], [], [], TICK_SECONDS)
    if not ready:
        return False
    if not os.read(0, 4096):
        return True
    time.sleep(TICK_SECONDS)
    return False


def write(lines):
    text = b"".join(line + b"\n" for line in lines)
    while text:
        text = text[os.write(1, text) :]


try:
    main()
except (BrokenPipeError, KeyboardInterrupt):
    pass
