"""Kanboard as Debian packages it: a copy of the program in a temporary folder, nginx, php-fpm, PostgreSQL."""

from __future__ import annotations

import base64
import json
import os
import re
import secrets
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.request import Request, urlopen

from tests.load.peers.peer import Peer, address_of, free_port, need, post, run, stop, wait_for

_PACKAGES = "kanboard php-cli php-fpm php-pgsql php-xml php-gd php-mbstring nginx-light"
_CONFIG = """<?php
define('DATA_DIR', '{data}');
define('FILES_DIR', '{data}/files');
define('CACHE_DIR', '{data}/cache');
define('PLUGINS_DIR', '{data}/plugins');
define('DB_DRIVER', 'postgres');
define('DB_USERNAME', '{user}');
define('DB_PASSWORD', '{password}');
define('DB_HOSTNAME', '{host}');
define('DB_PORT', '{port}');
define('DB_NAME', 'peer');
define('API_AUTHENTICATION_TOKEN', '{token}');
define('MAIL_TRANSPORT', 'mail');
define('LOG_DRIVER', '');
"""
_FPM = """[global]
error_log = {folder}/fpm.log
daemonize = no
[www]
listen = {folder}/fpm.socket
user = {owner}
group = {owner}
listen.mode = 0666
pm = static
pm.max_children = 8
"""
_NGINX = """daemon off;
pid {folder}/nginx.pid;
error_log {folder}/nginx.log;
worker_processes 1;
user {owner};
events {{ worker_connections 256; }}
http {{
    access_log off;
    keepalive_requests 1000000;
    client_body_temp_path {folder}/body;
    fastcgi_temp_path {folder}/fastcgi;
    proxy_temp_path {folder}/proxy;
    uwsgi_temp_path {folder}/uwsgi;
    scgi_temp_path {folder}/scgi;
    server {{
        listen 127.0.0.1:{port};
        root {program};
        location / {{
            include /etc/nginx/fastcgi_params;
            fastcgi_param SCRIPT_FILENAME {program}/jsonrpc.php;
            fastcgi_pass unix:{folder}/fpm.socket;
        }}
    }}
}}
"""


@contextmanager
def kanboard(folder: Path, database: str, root: Path) -> Iterator[Peer]:
    """Kanboard on an empty database, with a project."""
    need(["php", "nginx"], [root / "usr/share/kanboard", root / "usr/share/php"], _PACKAGES)
    fpm = next(iter(sorted(Path("/usr/sbin").glob("php-fpm*"))), None)
    if fpm is None:
        need(["php-fpm"], [], _PACKAGES)
    program, libraries = folder / "kanboard", folder / "php"
    shutil.copytree(root / "usr/share/kanboard", program, symlinks=True)
    shutil.copytree(root / "usr/share/php", libraries)
    for file in [*program.rglob("autoload.php"), *libraries.rglob("autoload.php")]:
        file.write_text(file.read_text().replace("/usr/share/php/", f"{libraries}/"))
    for name in ("files", "cache"):  # no folder of plugins: there are none
        (folder / "data" / name).mkdir(parents=True)
    address, token, port = address_of(database), secrets.token_hex(30), free_port()
    given = {
        "folder": folder, "program": program, "data": folder / "data", "token": token, "host": address.host,
        "user": address.user, "password": address.password, "owner": "root" if os.geteuid() == 0 else os.getlogin(),
    }  # fmt: skip
    for name in ("config.php", ".htaccess"):  # links to where Debian keeps its own settings
        (program / name).unlink(missing_ok=True)
    (program / "config.php").write_text(_CONFIG.format(**given, port=address.port))
    (folder / "fpm.conf").write_text(_FPM.format(**given))
    (folder / "nginx.conf").write_text(_NGINX.format(**given, port=port))
    run(["php", "cli", "db:migrate"], program)
    as_root = ["--allow-to-run-as-root"] if os.geteuid() == 0 else []
    quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    processes = [
        subprocess.Popen([str(fpm), "--fpm-config", str(folder / "fpm.conf"), *as_root], **quiet),
        subprocess.Popen(["nginx", "-c", str(folder / "nginx.conf"), "-e", str(folder / "nginx.log")], **quiet),
    ]
    try:
        wait_for(folder / "fpm.socket", processes[0])
        wait_for(port, processes[1])
        yield _peer(f"http://127.0.0.1:{port}", token, program)
    finally:
        for process in processes:
            stop(process)


def _peer(address: str, token: str, program: Path) -> Peer:
    headers = {"Authorization": f"Basic {base64.b64encode(f'jsonrpc:{token}'.encode()).decode()}"}

    def body(method: str, **parameters: object) -> bytes:
        return json.dumps({"jsonrpc": "2.0", "method": method, "id": 1, "params": parameters}).encode()

    sent = Request(f"{address}/jsonrpc.php", body("createProject", name="P"), headers)
    with urlopen(sent) as answer:
        project = json.load(answer)["result"]
    assert project, "Kanboard made no project"
    php = re.search(r"PHP (\S+)", run(["php", "--version"], program))
    assert php
    return Peer(
        f"Kanboard, PHP {php[1]}, nginx and php-fpm with 8 processes, PostgreSQL; a poll asks for the project, which "
        "tells when it was changed last",
        address,
        post("/jsonrpc.php", headers, body("createTask", title="Measured", project_id=project)),
        post("/jsonrpc.php", headers, body("getProjectById", project_id=project)),
    )
