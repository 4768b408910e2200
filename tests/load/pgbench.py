"""The baseline of writes: pgbench runs the statements of one addBacklogItem one by one, each a round trip of its own.

The statements are those that the server really sends: they are taken from PostgreSQL's log while one client makes three
calls. A parameter that is the same in all three stays; one that counts up with each call is counted up from the data
version that the account's locked row answers; a text that differs otherwise (a rank, a wire id, a call id) becomes a
number that counts up as well, so that all that must be unique is. JSON and arrays of texts stay those of the last call.
"""

from __future__ import annotations

import os
import re
import subprocess
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import psycopg
from psycopg import pq

from tests.load.calls import add_item, measure
from tests.load.prepared import Prepared
from tests.load.servers import served

FIRST = 500
"""The number of the first account that only pgbench writes to."""
_RECORDED = 3
_OFFSET = 1_000_000_000
"""Added to numbers that stand for texts, so that they sort like numbers."""
_EXECUTED = re.compile(r"^.*? \[(\d+)\] .*? LOG:  (?:execute [^:]*|statement): (.*)", re.DOTALL)
_PARAMETERS = re.compile(r"^.*? DETAIL:  [Pp]arameters: (.*)", re.DOTALL)
_PARAMETER = re.compile(r"\$(\d+) = (NULL|'(?:[^']|'')*')")
_TIME = re.compile(r"\d{4}-\d\d-\d\d")
_COUNTS = re.compile(r"-?\d+")
_TOO_SHORT = re.compile(r"^number of transactions actually processed: 0$", re.MULTILINE)
_LONG = 10
"""Seconds in which a busy machine makes all connections and does something; a second may pass without that."""


@dataclass(frozen=True, slots=True)
class Executed:
    """A statement as a PostgreSQL process got it, with its parameters as text; None for null."""

    process: int
    text: str
    parameters: tuple[str | None, ...]


def recorded(prepared: Prepared) -> list[list[Executed]]:
    """The statements of three addBacklogItem in a row by one client, on an account where nothing else happens."""
    [key] = prepared.copies(FIRST - 1, 1)
    with psycopg.connect(prepared.admin_url, autocommit=True) as admin:
        admin.execute("ALTER ROLE scrumrpc SET log_statement = 'all'")
        admin.execute("ALTER ROLE scrumrpc SET log_parameter_max_length = -1")  # which the server keeps out of the log
        try:
            # Some calls before: statements are prepared by then, and the key's use is noted already.
            with served(prepared.url, 1, {"SCRUMRPC_WEBHOOKS": "false"}) as server:
                measure(server.address, [[add_item(key)]], calls=10)
                begin = prepared.log.stat().st_size
                measure(server.address, [[add_item(key)]], calls=_RECORDED)
                said = prepared.log.read_bytes()[begin:].decode()
        finally:
            admin.execute("ALTER ROLE scrumrpc RESET ALL")
    calls: list[list[Executed]] = []
    under_way: dict[int, list[Executed]] = {}  # by process: beside calls there are notifications and the like
    for each in statements_in(said):
        if each.text.upper() == "BEGIN":
            under_way[each.process] = []
        if each.process in under_way:
            under_way[each.process].append(each)
            if each.text.upper() == "COMMIT":
                calls.append(under_way.pop(each.process))
    shapes = {tuple(each.text for each in call) for call in calls}
    if len(calls) != _RECORDED or len(shapes) != 1:
        raise SystemExit(f"The statements of {_RECORDED} equal calls differ, so that they cannot be replayed: {calls}")
    return calls


def statements_in(said: str) -> list[Executed]:
    """What a part of PostgreSQL's log tells; an entry's further lines begin with a tab."""
    found: list[Executed] = []
    for entry in re.split(r"\n(?!\t)", said):
        whole = entry.replace("\n\t", "\n")
        if executed := _EXECUTED.match(whole):
            found.append(Executed(int(executed[1]), executed[2].strip(), ()))
        elif given := _PARAMETERS.match(whole):
            values = [
                None if value == "NULL" else value[1:-1].replace("''", "'") for _, value in _PARAMETER.findall(given[1])
            ]
            found[-1] = replace(found[-1], parameters=tuple(values))
    return found


class Script:
    """A pgbench script made of recorded statements, and what its variables that stay the same hold."""

    def __init__(self, prepared: Prepared, calls: Sequence[Sequence[Executed]], accounts: int) -> None:
        self.given: dict[str, str] = {}
        self.lines = [f"\\set account random({FIRST}, {FIRST + accounts - 1})"]
        self._account = str(FIRST - 1)
        counter, version = _counter(prepared, calls[-1])
        for position, last in enumerate(calls[-1]):
            each = [call[position].parameters for call in calls]
            values = [self._value(of_calls, version) for of_calls in zip(*each, strict=True)]
            text = re.sub(r"\$(\d+)", lambda found, values=values: values[int(found[1]) - 1], last.text)
            text = " ".join(line.partition("--")[0] for line in text.splitlines())
            if position == counter:
                self.lines += [f"{text} \\gset", f"\\set unique {_OFFSET} + :data_version"]
            else:
                self.lines.append(f"{text};")

    def _value(self, values: tuple[str | None, ...], version: int) -> str:
        """What stands in the script for a parameter that had these values in the recorded calls."""
        last = values[-1]
        if last is None:
            return "NULL"
        if set(values) == {self._account}:
            return ":account"
        if len(set(values)) == 1:
            return self._constant(last)
        if all(value is not None and _COUNTS.fullmatch(value) for value in values):
            numbers = [int(value) for value in values if value is not None]
            if numbers == list(range(numbers[0], numbers[0] + len(numbers))):
                return self._counted(numbers[-1] - version)
            return self._constant(last)  # a time in milliseconds
        if re.fullmatch(r"\{-?\d+\}", last):
            return f"ARRAY[{self._counted(int(last[1:-1]) - version)}]::bigint[]"
        if re.fullmatch(r'\{[^",{}:]+\}', last):
            return "ARRAY[:unique]::text[]"
        if last.startswith(("{", "[")) or _TIME.match(last):
            return self._constant(last)  # JSON, an array of texts, a time: nothing in them must be unique
        return ":unique"

    def _counted(self, distance: int) -> str:
        """A number that is so far from the data version that the call finds."""
        name = f"number_{distance}" if distance >= 0 else f"number_minus_{-distance}"
        line = f"\\set {name} :data_version + {distance}"
        if line not in self.lines:
            self.lines.append(line)
        return f":{name}"

    def _constant(self, value: str) -> str:
        name = f"given_{len(self.given)}"
        self.given[name] = value
        return f":{name}"


def _counter(prepared: Prepared, call: Sequence[Executed]) -> tuple[int, int]:
    """The place of the first statement that answers data_version, and the version that it answered in this call."""
    with psycopg.connect(prepared.url, autocommit=True) as conn:
        for position, each in enumerate(call):
            if "data_version" not in each.text or not each.text.lstrip().upper().startswith(("SELECT", "WITH")):
                continue
            given = [None if value is None else value.encode() for value in each.parameters]
            result = conn.pgconn.exec_params(each.text.encode(), given)
            if result.status != pq.ExecStatus.TUPLES_OK:
                raise SystemExit(f"A recorded statement cannot be repeated: {result.error_message.decode()}")
            for column in range(result.nfields):
                if result.fname(column) == b"data_version":
                    answered = result.get_value(0, column)
                    assert answered
                    return position, int(answered) - 1  # it tells the version after the recorded call
    raise SystemExit("No statement of a call answers data_version.")


class Pgbench:
    """Runs the script on one account, or at random on several."""

    def __init__(self, prepared: Prepared, calls: Sequence[Sequence[Executed]], accounts: int) -> None:
        self._prepared = prepared
        prepared.copies(FIRST, accounts)
        self.statements = [each.text for each in calls[-1]]
        self.script = Script(prepared, calls, accounts)
        _share_key(prepared, accounts)

    def per_second(self, clients: int, seconds: float) -> float:
        """Transactions per second of so many clients."""
        whole = max(1, round(seconds))
        with tempfile.TemporaryDirectory() as folder:
            file = Path(folder) / "script.sql"
            file.write_text("\n".join(self.script.lines) + "\n")
            variables = [word for name, value in self.script.given.items() for word in ("-D", f"{name}={value}")]
            while True:
                done = subprocess.run(
                    [
                        str(self._prepared.programs / "pgbench"), "-n", "-M", "prepared", "-c", str(clients), "-j", "1",
                        "-T", str(whole), "-f", str(file), *variables, self._prepared.url,
                    ],
                    capture_output=True,
                    text=True,
                    check=False,
                    env={name: value for name, value in os.environ.items() if not name.startswith("PG")},
                )  # fmt: skip
                if not _TOO_SHORT.search(done.stdout) or whole > _LONG:
                    break
                whole *= 4
        failed = re.search(r"number of failed transactions: (\d+)", done.stdout)
        measured = re.search(r"tps = ([0-9.]+)", done.stdout)
        if done.returncode or not measured or (failed and failed[1] != "0"):
            raise SystemExit(f"pgbench failed:\n{done.stdout}\n{done.stderr}")
        return float(measured[1])


def _share_key(prepared: Prepared, accounts: int) -> None:
    """Gives the accounts the API key with which the recorded calls were made, so that all look up the same one."""
    with psycopg.connect(prepared.url) as conn:
        conn.execute(
            "UPDATE api_keys SET key_hash = k.key_hash, last_used_at = now() + interval '1 day' FROM api_keys k "
            "WHERE k.account_id = %s AND api_keys.account_id BETWEEN %s AND %s",
            (FIRST - 1, FIRST, FIRST + accounts - 1),
        )
