#!/usr/bin/env python3
"""evctl schema: 1,000 pairs in one process, one pair with start-up, deep unions, and huge files.

    benches/schema.py [--runs N] [--buf PATH]

Builds a release, makes the schemas in a folder of its own, and prints medians of wall and CPU
seconds with the peak memory. Where there is a `buf`, it compares the same Protobuf files, by turns.
"""
import argparse
import json
import os
import shutil
import statistics
import subprocess
import tempfile

from against_kcat import EVCTL, ROOT, measure

PAIRS = 1000


def avro(index, more):
    kinds = ["long", ["null", "string"], {"type": "array", "items": "string"}]
    fields = [{"name": f"f{n}", "type": kinds[n % 3]} for n in range(12)]
    enum = {"type": "enum", "name": "Kind", "symbols": ["A", "B", "C"]}
    fields.append({"name": "kind", "type": enum})
    fields += [{"name": f"new{n}", "type": "string"} for n in range(more)]
    return json.dumps({"type": "record", "name": f"R{index}", "fields": fields}, indent=1)


def json_schema(index, more):
    kinds = [{"type": "integer", "minimum": 0}, {"type": "string", "maxLength": 40},
             {"type": "array", "items": {"type": "string"}}]
    properties = {f"f{n}": kinds[n % 3] for n in range(12)}
    properties |= {f"new{n}": {"type": "string"} for n in range(more)}
    draft = "http://json-schema.org/draft-07/schema#"
    whole = {"$schema": draft, "title": f"R{index}", "type": "object", "properties": properties}
    return json.dumps(whole, indent=1)


def proto(index, more):
    kinds = ["int64", "string", "repeated string"]
    fields = [f"  {kinds[n % 3]} f{n} = {n + 1};" for n in range(12)]
    fields += [f"  string new{n} = {n + 20};" for n in range(more)]
    fields[3 if more else 0] = "  bytes changed = 90;"
    whole = ['syntax = "proto3";', f"package p{index};", "message R {", *fields, "}"]
    return "\n".join(whole) + "\n"


def one_of(kinds, member):
    """Types that are made of each other, and one that changes."""
    each = {f"T{n}": {"type": "object", "required": ["kind"], "properties": {
        "kind": {"const": f"t{n}"}, "next": {"oneOf": [
            {"$ref": f"#/definitions/T{m}"} for m in range(kinds)]}, "n": {"type": member}}}
        for n in range(kinds)}
    return json.dumps({"$ref": "#/definitions/T0", "definitions": each})


def huge_avro(fields, kind):
    yield '{"type": "record", "name": "Huge", "fields": ['
    for n in range(fields):
        field = {"name": f"field_{n}", "type": kind, "doc": "x" * 300}
        yield (", " if n else "") + json.dumps(field)
    yield "]}"


def huge_proto(fields, kind):
    yield 'syntax = "proto3";\npackage huge;\nmessage Huge {\n'
    for n in range(fields):
        yield f"  {kind} a_field_with_a_long_name_of_its_own_{n} = {n + 20000};\n"
    yield "}\n"


def nested(depth, kind):
    return '{"type":"array","items":' * depth + f'"{kind}"' + "}" * depth


def write(path, parts):
    """Piece by piece: this process has to stay small (see count_lines)."""
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, "w") as out:
        out.writelines(parts)


def git(*arguments):
    who = ["-c", "user.name=bench", "-c", "user.email=bench@localhost"]
    subprocess.run(["git", *who, *arguments], check=True)


def row(name, commands, runs, good=(0, 1, 100)):
    """Medians of commands that take turns; who judges ends with 1, and buf with 100."""
    found = {who: [] for who in commands}
    for _ in range(runs):
        for who, command in commands.items():
            found[who].append(measure(command, good=good))
    medians = {who: [statistics.median(part) for part in zip(*each)] for who, each in found.items()}
    for who, (wall, cpu, memory, *_) in medians.items():
        print(f"| {name} | {who} | {wall * 1000:.1f} | {cpu * 1000:.1f} | {memory:.0f} |")


def main():
    arguments = argparse.ArgumentParser()
    arguments.add_argument("--runs", type=int, default=5)
    arguments.add_argument("--buf", default=shutil.which("buf"))
    arguments = arguments.parse_args()
    subprocess.run(["cargo", "build", "--release", "--quiet"], cwd=ROOT, check=True)
    with tempfile.TemporaryDirectory() as folder:
        os.chdir(folder)
        run(arguments)


def run(arguments):
    print("| work | who | wall ms | CPU ms | MiB |\n|---|---|---|---|---|")
    formats = [("avsc", avro), ("json", json_schema), ("proto", proto)]
    for suffix, schema in formats:
        write(f"one/old.{suffix}", schema(0, 0))
        write(f"one/new.{suffix}", schema(0, 2))
        pair = [EVCTL, "schema", "diff", f"one/old.{suffix}", f"one/new.{suffix}"]
        row(f"one pair, .{suffix}", {"evctl": pair}, arguments.runs * 4)
    if arguments.buf:
        for version in ["old", "new"]:
            os.makedirs(f"buf/{version}")
            shutil.copy(f"one/{version}.proto", f"buf/{version}/r.proto")
        commands = {
            "evctl": [EVCTL, "schema", "diff", "buf/old/r.proto", "buf/new/r.proto", "--rules", "buf-wire"],
            "buf": [arguments.buf, "breaking", "buf/new", "--against", "buf/old"],
        }
        row("one pair, rules of buf", commands, arguments.runs)
    git("init", "-q", "many")
    os.chdir("many")
    for more in [0, 2]:
        for index in range(PAIRS):
            for suffix, schema in formats:
                write(f"{suffix}/{index}.{suffix}", schema(index, more))
        git("add", ".")
        git("commit", "-qm", f"{more}")
    for suffix, _ in formats:
        for rules in ["confluent", "semantic"]:
            check = [EVCTL, "schema", "check", "--git", "HEAD~1..HEAD", suffix, "--rules", rules]
            row(f"{PAIRS} pairs, .{suffix}, {rules}", {"evctl": [*check, "-o", "json"]}, arguments.runs)
    os.chdir("..")
    huge = {
        "oneOf of 12 types.json": (one_of(12, "integer"), one_of(12, "string")),
        "50 MB.avsc": (huge_avro(140_000, "int"), huge_avro(140_000, "string")),
        "50 MB.proto": (huge_proto(750_000, "int32"), huge_proto(750_000, "string")),
        "nested 10,000 times.avsc": (nested(10_000, "int"), nested(10_000, "long")),
    }
    for name, (old, new) in huge.items():
        write(f"huge/old/{name}", old)
        write(f"huge/new/{name}", new)
        size = os.path.getsize(f"huge/new/{name}") / 1e6
        diff = [EVCTL, "schema", "diff", f"huge/old/{name}", f"huge/new/{name}", "-o", "json"]
        # What is too deep is refused.
        row(f"{name} ({size:.1f} MB)", {"evctl": diff}, min(arguments.runs, 3), good=(0, 2))


if __name__ == "__main__":
    main()
