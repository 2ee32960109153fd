#!/usr/bin/env python3
"""evctl against kcat: the same work on the same data, in one run.

    benches/against_kcat.py [--records N] [--runs N] [--only WORD]

Builds a release, starts a sandbox of its own, loads the data and prints a table of ratios (medians
of interleaved runs) with wall and CPU seconds and peak memory beside them. Needs kcat, and what
the sandbox needs (Java 17, Maven).
"""
import argparse
import os
import shutil
import socket
import statistics
import struct
import subprocess
import sys
import tempfile
import time

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
EVCTL = os.path.join(os.environ.get("CARGO_TARGET_DIR", os.path.join(ROOT, "target")), "release", "evctl")
BROKER = os.environ.get("EVCTL_BENCH_BROKER")
# Work of a few milliseconds is repeated so many times more.
SHORT = 10


def create_topic(name, partitions, configs=()):
    """CreateTopics version 2, by hand: evctl does not create topics by itself."""
    def text(value):
        return struct.pack(">h", len(value)) + value.encode()

    body = struct.pack(">i", 1) + text(name) + struct.pack(">ihi", partitions, 1, 0)
    body += struct.pack(">i", len(configs))
    for key, value in configs:
        body += text(key) + text(value)
    body += struct.pack(">i?", 30000, False)
    frame = struct.pack(">hhi", 19, 2, 1) + text("bench") + body
    host, port = BROKER.rsplit(":", 1)
    with socket.create_connection((host, int(port)), 10) as tcp:
        tcp.sendall(struct.pack(">i", len(frame)) + frame)
        size = struct.unpack(">i", tcp.recv(4, socket.MSG_WAITALL))[0]
        answer = tcp.recv(size, socket.MSG_WAITALL)
    code = struct.unpack_from(">h", answer, 4 + 4 + 4 + 2 + len(name))[0]
    if code != 0:
        sys.exit(f"topic {name} was not created: error {code}")


def event(number):
    """One order event of 200 bytes, newline included."""
    line = (
        '{"id":"order-%08d","customer":"c-%05d","total":%.2f,"currency":"EUR","status":"created",'
        '"items":[{"sku":"A-%04d","qty":%d}],"note":"' % (number, number % 50021, number % 1000 + 0.5, number % 9973, number % 9 + 1)
    )
    return line + "x" * (197 - len(line)) + '"}\n'


def measure(command, stdin=None, good=(0,)):
    """Wall and CPU seconds and peak memory in MiB of one run, which may end with the codes in `good`."""
    with open(stdin or os.devnull, "rb") as source:
        begin = time.monotonic()
        process = subprocess.Popen(command, stdin=source, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
        said = process.stderr.read()
        _, status, usage = os.wait4(process.pid, 0)
        wall = time.monotonic() - begin
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode not in good:
        sys.exit(f"{command} ended with {process.returncode}: {said.decode(errors='replace')}")
    return wall, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024


def count_lines(command):
    """Counted as they come: this process has to stay small, as a child's peak memory begins with
    that of its parent."""
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL) as process:
        count = sum(piece.count(b"\n") for piece in iter(lambda: process.stdout.read(1 << 16), b""))
    if process.returncode != 0:
        sys.exit(f"{command} ended with {process.returncode}")
    return count


class Table:
    def __init__(self, runs, only):
        self.runs, self.only, self.missed = runs, only, []
        print(f"| work | evctl wall / CPU s, MiB | kcat wall / CPU s, MiB | wall ratio (bar) | CPU ratio (bar) |")
        print("|---|---|---|---|---|")

    def wants(self, name):
        return not self.only or self.only in name

    def row(self, name, evctl, kcat, wall_bar=None, cpu_bar=None, stdin=None, times=1, memory_bar=64):
        if not self.wants(name):
            return
        ours, theirs = [], []
        for turn in range(self.runs * times):
            pair = [(evctl, ours), (kcat, theirs)]
            for command, into in pair if turn % 2 == 0 else reversed(pair):
                if command:
                    into.append(measure(command, stdin))
        ours = [statistics.median(column) for column in zip(*ours)]
        cells = [name, "%.3f / %.2f, %.0f" % tuple(ours)]
        if theirs:
            theirs = [statistics.median(column) for column in zip(*theirs)]
            cells.append("%.3f / %.2f, %.0f" % tuple(theirs))
            for index, bar in ((0, wall_bar), (1, cpu_bar)):
                ratio = ours[index] / max(theirs[index], 1e-9)
                cells.append("%.3f%s" % (ratio, f" ({bar})" if bar else ""))
                if bar and ratio > bar:
                    self.missed.append(f"{name}: {'wall' if index == 0 else 'CPU'} {ratio:.3f} > {bar}")
        else:
            cells += ["", "", ""]
        if ours[2] > memory_bar:
            self.missed.append(f"{name}: {ours[2]:.0f} MiB")
        print("| " + " | ".join(cells) + " |", flush=True)
        return ours


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--records", type=int, default=2_000_000)
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--only", default="")
    options = parser.parse_args()
    if BROKER is None:
        for tool in ("kcat", "cargo"):
            if not shutil.which(tool):
                sys.exit(f"{tool} is missing; on Debian: apt-get install {tool}")
        subprocess.run(["cargo", "build", "--release", "--locked"], cwd=ROOT, check=True)
        inner = f'EVCTL_BENCH_BROKER="$EVCTL_BROKERS" exec "$@"'
        run = [EVCTL, "sandbox", "run", "--", "sh", "-c", inner, "sh", sys.executable] + sys.argv
        sys.exit(subprocess.run(run).returncode)
    with tempfile.TemporaryDirectory(prefix="evctl-bench-") as folder:
        bench(options, folder)


def bench(options, folder):
    count = options.records
    lines, keyed, stamped = (os.path.join(folder, name) for name in ("lines", "keyed", "stamped.ndjson"))
    start = int(time.time() * 1000) - count
    with open(lines, "w") as plain, open(keyed, "w") as with_key, open(stamped, "w") as with_time:
        for number in range(count):
            text = event(number)
            plain.write(text)
            with_key.write(f"order-{number:08d}|{text}")
            with_time.write('{"timestamp":%d,"value":{"json":%s}}\n' % (start + number, text[:-1]))
    broker = ["-b", BROKER]
    evctl = lambda *words: [EVCTL, *words, *broker, "-q"]
    kcat = lambda *words: ["kcat", *broker, "-q", *words]
    headers = ["-H", "source=shop", "-H", "trace=00-4bf92f3577b34da6-01"]
    topics = {"plain-1": 1, "plain-4": 4, "plain-12": 12, "headers-4": 4, "stamped": 4, "three": 1, "last": 1}
    codecs = ("zstd", "lz4", "snappy", "gzip")
    for name, partitions in topics.items():
        create_topic(name, partitions)
    for codec in codecs:
        create_topic(codec, 4)
    for name in ("plain-1", "plain-4", "plain-12"):
        subprocess.run(kcat("-P", "-t", name, "-l", lines), check=True)
    subprocess.run(kcat("-P", "-t", "headers-4", "-K", "|", *headers, "-l", keyed), check=True)
    for codec in codecs:
        subprocess.run(kcat("-P", "-t", codec, "-z", codec, "-l", lines), check=True)
    subprocess.run(evctl("produce", "stamped", "-i", "json", stamped), check=True)
    subprocess.run(kcat("-P", "-t", "three"), input=b"a\nb\nc\n", check=True)
    for name in (*[name for name in topics if name not in ("three", "last")], *codecs):
        found = count_lines(evctl("consume", name, "-o", "value"))
        if found != count:
            sys.exit(f"evctl consume {name} gave {found} of {count} records")

    table = Table(options.runs, options.only)
    for partitions in (1, 4, 12):
        name = f"plain-{partitions}"
        table.row(f"consume values, {partitions} partitions", evctl("consume", name, "-o", "value"),
                  kcat("-C", "-t", name, "-o", "beginning", "-e"), 0.30, 0.35)
    table.row("consume values, key and 2 headers", evctl("consume", "headers-4", "-o", "value"),
              kcat("-C", "-t", "headers-4", "-o", "beginning", "-e"), 0.30, 0.35)
    for codec in codecs:
        bars = (0.30, 0.40) if codec == "zstd" else (None, None)
        table.row(f"consume values, {codec}", evctl("consume", codec, "-o", "value"),
                  kcat("-C", "-t", codec, "-o", "beginning", "-e"), *bars)
    table.row("consume as JSON", evctl("consume", "headers-4", "-o", "json"),
              kcat("-C", "-t", "headers-4", "-o", "beginning", "-e", "-J"), 0.12, 0.35)
    filtered = table.row("consume --filter '.value.total > 500'",
                         evctl("consume", "plain-4", "-o", "value", "--filter", ".value.total > 500"), None)
    since = start + count * 9 // 10
    table.row("from a timestamp, last 10 %", evctl("consume", "stamped", "-o", "value", "--from", f"@{since}"),
              kcat("-C", "-t", "stamped", "-o", f"s@{since}", "-e"), 0.10)
    table.row("read 3 records to the end", evctl("consume", "three", "-o", "value"),
              kcat("-C", "-t", "three", "-o", "beginning", "-e"), 0.02, times=SHORT)
    table.row("read 3 records, kcat told to count", evctl("consume", "three", "-o", "value"),
              kcat("-C", "-t", "three", "-o", "beginning", "-c", "3"), 0.8, times=SHORT)
    table.row("last record", evctl("consume", "plain-1", "-o", "value", "--from", "-1"),
              kcat("-C", "-t", "plain-1", "-o", "-1", "-e"), 0.02, times=SHORT)
    create_topic("produced", 4)
    create_topic("one", 1)
    table.row("produce lines from a file", evctl("produce", "produced", lines),
              kcat("-P", "-t", "produced", "-l", lines), 0.85, 0.65)
    one = os.path.join(folder, "one")
    with open(one, "w") as out:
        out.write(event(1))
    table.row("produce one record", evctl("produce", "one"), kcat("-P", "-t", "one"), 0.80, stdin=one, times=SHORT)
    capture = os.path.join(folder, "capture.ndjson.zst")
    table.row("capture to .ndjson.zst", evctl("capture", "plain-4", "-O", capture), None)
    if table.wants("read the capture back"):
        if not os.path.exists(capture):
            subprocess.run(evctl("capture", "plain-4", "-O", capture), check=True)
        table.row("read the capture back", evctl("consume", capture, "-o", "value"), None)
    replay(table, evctl, BROKER)
    if filtered:
        print(f"\nfilter: {count / filtered[0]:,.0f} records/s")
    for missed in table.missed:
        print(f"missed: {missed}")
    sys.exit(1 if table.missed else 0)


def replay(table, evctl, broker):
    """A topic is written again to another: kcat's pipe loses keys, headers and timestamps."""
    if not table.wants("replay"):
        return
    for name in ("again", "again-once", "again-kcat"):
        create_topic(name, 4)
    ours = lambda *words: evctl("replay", "headers-4", "--yes", "--to-topic", *words)
    pipe = f"kcat -b {broker} -q -C -t headers-4 -o beginning -e | kcat -b {broker} -q -P -t again-kcat"
    plain = table.row("replay topic to topic", ours("again"), ["sh", "-c", pipe], 1.3, memory_bar=100)
    once = table.row("replay --exactly-once", ours("again-once", "--exactly-once"), None, memory_bar=100)
    ratio = once[0] / plain[0]
    print(f"\nreplay --exactly-once: {ratio:.2f} of replay (1.6)")
    if ratio > 1.6:
        table.missed.append(f"replay --exactly-once: {ratio:.2f} > 1.6")


if __name__ == "__main__":
    main()
