"""Redmine as Debian packages it: a copy of the program in a temporary folder, puma with two processes, PostgreSQL."""

from __future__ import annotations

import json
import os
import re
import secrets
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.load.peers.peer import Peer, address_of, free_port, need, post, run, stop, wait_for

_PACKAGES = "redmine redmine-pgsql puma"
_SETUP = """
Setting.rest_api_enabled = '1'
user = User.find_by_login('admin')
user.must_change_passwd = false
user.save!
project = Project.create!(name: 'P', identifier: 'p', trackers: Tracker.all, enabled_module_names: ['issue_tracking'])
puts "key=#{user.api_key} project=#{project.id} version=#{Redmine::VERSION} ruby=#{RUBY_VERSION}"
"""


@contextmanager
def redmine(folder: Path, database: str, root: Path) -> Iterator[Peer]:
    """Redmine on an empty database, with a project."""
    program = root / "usr/share/redmine"
    need(["ruby", "rake", "bundle", "puma"], [program], _PACKAGES)
    copy = folder / "redmine"
    shutil.copytree(program, copy, symlinks=True)
    for name in ("config/database.yml", "Gemfile.lock", "instances"):  # links to where Debian keeps its own instances
        (copy / name).unlink(missing_ok=True)
    for name in ("config", "tmp", "log", "files"):
        (copy / "instances/bench" / name).mkdir(parents=True)
    address = address_of(database)
    settings = {
        "adapter": "postgresql", "database": "peer", "host": address.host, "port": address.port,
        "username": address.user, "password": address.password, "pool": 16,
    }  # fmt: skip
    (copy / "instances/bench/config/database.yml").write_text(json.dumps({"production": settings}))
    gems = (copy / "Gemfile").read_text()
    (copy / "Gemfile").write_text(gems.replace("/usr/share/redmine/", f"{copy}/"))
    (copy / "Gemfile.local").write_text("gem 'puma'\n")
    environment = {
        "RAILS_ENV": "production", "REDMINE_LANG": "en", "REDMINE_INSTANCE": "bench",
        "SECRET_KEY_BASE": secrets.token_hex(64),
    }  # fmt: skip
    for task in ("generate_secret_token", "db:migrate", "redmine:load_default_data"):
        run(["rake", task], copy, environment)
    (copy / "setup.rb").write_text(_SETUP)
    found = re.search(
        r"key=(\S+) project=(\S+) version=(\S+) ruby=(\S+)",
        run(["bundle", "exec", "rails", "runner", "setup.rb"], copy, environment),
    )
    assert found
    key, project, version, ruby = found.groups()
    port = free_port()
    puma = ["bundle", "exec", "puma", "-e", "production", "-b", f"tcp://127.0.0.1:{port}", "-t", "5:5", "-w", "2"]
    process = subprocess.Popen(
        [*puma, "--preload"],
        cwd=copy,
        env={**os.environ, **environment},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        wait_for(port, process)
        headers = {"X-Redmine-API-Key": key}
        issue = json.dumps({"issue": {"project_id": int(project), "subject": "Measured", "estimated_hours": 2.5}})
        newest = f"GET /issues.json?project_id={project}&sort=updated_on:desc&limit=1 HTTP/1.1\r\nHost: localhost\r\n"
        yield Peer(
            f"Redmine {version}, Ruby {ruby}, puma with 2 processes of 5 threads, PostgreSQL; "
            "a poll asks for the issue that changed last",
            f"http://127.0.0.1:{port}",
            post("/issues.json", headers, issue.encode()),
            f"{newest}X-Redmine-API-Key: {key}\r\n\r\n".encode(),
        )
    finally:
        stop(process)
