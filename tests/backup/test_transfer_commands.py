"""`scrumrpc export` and `scrumrpc import`, as operators run them beside a server."""

from __future__ import annotations

import gzip
import re
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from tests.backup.transferring import live, same, unused
from tests.serving import Server
from tests.wire.expecting import client_of, result_of
from tests.wire.surroundings import command, operate
from tests.world import EVERYTHING, World

pytestmark = pytest.mark.slow


def refused(url: str, *words: str) -> str:
    """What a command prints that fails."""
    done = command(url, *words)
    assert (done.returncode, done.stdout) == (1, ""), done
    return done.stderr


def accounts(url: str) -> list[str]:
    return [line.split()[0] for line in operate(url, "account", "list").splitlines()[1:]]


def test_an_account_moves(server: Server, database_url: str, world: World, tmp_path: Path) -> None:
    live(world, 6, 40)
    plain, compressed = tmp_path / "plain.ndjson", tmp_path / "small.ndjson.gz"
    old, new = str(world.account), str(unused(world) + 10**6)
    said = operate(database_url, "export", old, str(plain))
    assert re.fullmatch(rf"Exported account {old}: {world.version} versions with \d+ changes, .*\.\n", said)
    operate(database_url, "export", old, str(compressed))
    lines = plain.read_bytes().splitlines(keepends=True)
    assert same(gzip.decompress(compressed.read_bytes()).splitlines(keepends=True)) == same(lines)
    assert {stat.S_IMODE(each.stat().st_mode) for each in tmp_path.iterdir()} == {0o600}
    assert sorted(each.name for each in tmp_path.iterdir()) == [plain.name, compressed.name]

    said = operate(database_url, "import", str(compressed), "--account", new, "--name", "Moved")
    assert said == (
        f"Imported account {new}; it is at data version {world.version}. Its API keys do not work here.\n"
        f"Next: scrumrpc key create NAME --account {new}\n"
    )
    assert re.search(rf"^{new} +Moved +{world.version} +open", operate(database_url, "account", "list"), re.MULTILINE)
    key = operate(database_url, "key", "create", "new", "--account", new).splitlines()[-1]
    with client_of(server.api, (world.admin, world.key)) as before, client_of(server.api, (world.admin, key)) as after:
        for version in (1, world.version // 2, world.version):
            asked = {"includeProperties": EVERYTHING, "atDataVersion": str(version)}
            here, there = (client.post("getData", data=asked) for client in (before, after))
            assert result_of(there) == result_of(here)
            assert there.headers["Account-Epoch"] != here.headers["Account-Epoch"]
    assert "has data and API keys" in refused(database_url, "import", str(plain), "--account", new)


def test_through_a_pipe(database_url: str, world: World) -> None:
    old, new = str(world.account), str(unused(world) + 10**6)
    done = command(database_url, "export", old, "-")
    assert (done.returncode, done.stdout.count("\n")) == (0, 5)
    assert done.stderr == f"Exported account {old}: 1 versions with 1 changes, 0 named versions, 0 files, 0 webhooks.\n"
    assert refused(database_url, "import", "-").startswith("Error: Say which number the account is to have")
    arriving = subprocess.run(
        [sys.executable, "-m", "scrumrpc", "import", "-", "--account", new],
        env={"DATABASE_URL": database_url},
        input=done.stdout.encode(),
        capture_output=True,
        timeout=60,
        check=False,
    )
    assert arriving.stdout.startswith(f"Imported account {new};".encode()), arriving


def test_what_fails_leaves_nothing(database_url: str, world: World, tmp_path: Path) -> None:
    old, new = str(world.account), str(unused(world) + 10**6)
    file, nowhere = tmp_path / "file.ndjson", tmp_path / "nowhere" / "file"
    there = accounts(database_url)
    assert refused(database_url, "export", new, str(file)) == f"Error: There is no account {new}.\n"
    assert refused(database_url, "export", old, str(nowhere)) == (
        f"Error: {nowhere} cannot be written: No such file or directory.\n"
    )
    assert list(tmp_path.iterdir()) == []
    assert "cannot be read: No such file or directory" in refused(database_url, "import", str(file), "--account", new)
    operate(database_url, "export", old, str(file))
    assert refused(database_url, "import", str(file)).startswith(
        f"Error: An account is imported into an empty one, but the account {old} has"
    )
    file.write_bytes(b"".join(file.read_bytes().splitlines(keepends=True)[:-1]))
    assert refused(database_url, "import", str(file), "--account", new) == (
        "Error: The file is cut off: it lacks the line that says that it ends.\n"
    )
    assert accounts(database_url) == there
