#!/usr/bin/env python3
"""evctl lag and topics list against Kafka's own tools: the same groups, in one run.

    benches/lag.py [--runs N] [--groups N] [--topics N]

Builds a release, starts a sandbox of its own, makes groups and topics, and prints medians of
interleaved runs with wall and CPU seconds and peak memory. kafka-consumer-groups comes from
benches/pom.xml by Maven.
"""
import argparse
import os
import socket
import statistics
import struct
import subprocess
import sys
import time

from against_kcat import BROKER, EVCTL, ROOT, create_topic, event, measure

TOOLS = os.path.join(os.environ.get("CARGO_TARGET_DIR", os.path.join(ROOT, "target")), "kafka-tools")
CONSUMER_GROUPS = "org.apache.kafka.tools.consumer.group.ConsumerGroupCommand"


def text(value):
    return struct.pack(">h", len(value)) + value.encode()


class Wire:
    """A connection for the requests that make the groups."""

    def __init__(self):
        host, port = BROKER.rsplit(":", 1)
        self.tcp = socket.create_connection((host, int(port)), 10)

    def ask(self, api, version, body):
        frame = struct.pack(">hhi", api, version, 1) + text("bench") + body
        self.tcp.sendall(struct.pack(">i", len(frame)) + frame)
        size = struct.unpack(">i", self.tcp.recv(4, socket.MSG_WAITALL))[0]
        return self.tcp.recv(size, socket.MSG_WAITALL)[4:]

    def create_topics(self, names, partitions):
        """CreateTopics version 2."""
        body = struct.pack(">i", len(names))
        for name in names:
            body += text(name) + struct.pack(">ihii", partitions, 1, 0, 0)
        self.ask(19, 2, body + struct.pack(">i?", 60000, False))

    def commit(self, group, topic, offsets):
        """OffsetCommit version 2; the last error code stands at the end of the answer."""
        body = text(group) + struct.pack(">i", -1) + text("") + struct.pack(">qi", -1, 1)
        body += text(topic) + struct.pack(">i", len(offsets))
        for partition, offset in enumerate(offsets):
            body += struct.pack(">iqh", partition, offset, -1)
        while struct.unpack(">h", self.ask(8, 2, body)[-2:])[0] != 0:
            self.ask(10, 0, text(group))


def make(wire, prefix, groups, partitions, records):
    topic = f"{prefix}-topic"
    create_topic(topic, partitions)
    # Batches of 16 KiB, as ordinary producers write them (batch.size).
    produce = [EVCTL, "produce", topic, "-b", BROKER, "-q", "-X", "batch.num.messages=80"]
    with subprocess.Popen(produce, stdin=subprocess.PIPE) as producer:
        for number in range(records):
            producer.stdin.write(event(number).encode())
        producer.stdin.close()
    each = records // partitions
    for number in range(groups):
        wire.commit(f"{prefix}-{number:04d}", topic, [number * each // (2 * groups)] * partitions)


def row(name, runs, ours, theirs=None, bar=None):
    times = {False: [], True: []}
    for turn in range(runs):
        for other in (False, True) if turn % 2 == 0 else (True, False):
            command = theirs if other else ours
            if command:
                times[other].append(measure(command))
    cells = ["%.3f / %.2f, %.0f" % tuple(map(statistics.median, zip(*times[key]))) if times[key] else "" for key in times]
    wall = statistics.median(time[0] for time in times[False])
    print(f"| {name} | {cells[0]} | {cells[1]} | {bar if bar else ''} |", flush=True)
    return [] if not bar or wall <= bar else [f"{name}: {wall:.3f} s > {bar} s"]


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--groups", type=int, default=1000)
    parser.add_argument("--topics", type=int, default=5000)
    options = parser.parse_args()
    if BROKER is None:
        subprocess.run(["cargo", "build", "--release", "--locked"], cwd=ROOT, check=True)
        inner = 'EVCTL_BENCH_BROKER="$EVCTL_BROKERS" exec "$@"'
        run = [EVCTL, "sandbox", "run", "--", "sh", "-c", inner, "sh", sys.executable] + sys.argv
        sys.exit(subprocess.run(run).returncode)
    subprocess.run(["mvn", "-q", "-B", "-f", os.path.join(ROOT, "benches", "pom.xml"), "dependency:copy-dependencies",
                    f"-DoutputDirectory={TOOLS}"], check=True)
    wire = Wire()
    make(wire, "some", 300, 12, 120_000)
    make(wire, "lots", options.groups, 50, 100_000)

    evctl = lambda *words: [EVCTL, *words, "-b", BROKER, "-q"]
    java = ["java", "-cp", f"{TOOLS}/*", CONSUMER_GROUPS, "--bootstrap-server", BROKER, "--describe"]
    missed = []
    print("| work | evctl wall / CPU s, MiB | kafka-consumer-groups wall / CPU s, MiB | bar s |")
    print("|---|---|---|---|")
    missed += row("lag of one group of 12 partitions", options.runs * 10, evctl("lag", "some-0007"), bar=0.012)
    row("the same, with Kafka's tool", 3, evctl("lag", "some-0007"), java + ["--group", "some-0007"])
    some = evctl("lag", "--match", "some-*")
    missed += row("300 groups x 12, --time off", options.runs * 10, some + ["--time", "off"], bar=0.04)
    missed += row("300 groups x 12, exact time", options.runs, some, java + ["--all-groups"], bar=0.4)
    lots = evctl("lag", "--match", "lots-*")
    missed += row(f"{options.groups} groups x 50, --time off", options.runs, lots + ["--time", "off"], bar=1)
    row(f"{options.groups} groups x 50, exact time", options.runs, lots)
    names = [f"listed-{number:05d}" for number in range(options.topics)]
    for start in range(0, len(names), 500):
        wire.create_topics(names[start:start + 500], 1)
    # The controller has made them; the broker learns of them one after the other.
    listing = evctl("topics", "list", "listed-*", "--brief", "-o", "ndjson")
    while subprocess.run(listing, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL).stdout.count(b"\n") < len(names):
        time.sleep(0.5)
    missed += row(f"topics list of {options.topics}", options.runs, evctl("topics", "list", "listed-*"), bar=2)
    for line in missed:
        print(f"missed: {line}")
    sys.exit(1 if missed else 0)


if __name__ == "__main__":
    main()
