"""An example of a receiver of webhooks, which the documentation shows: prints each version once, in order.

Run it with the secret of the webhook in the variable SECRET, and the port to listen on as its argument.
"""

import base64
import hmac
import json
import os
import sys
import time
from collections.abc import Mapping
from http.server import BaseHTTPRequestHandler, HTTPServer

SECRET = base64.b64decode(os.environ["SECRET"].removeprefix("whsec_"))
TOLERANCE = 300  # seconds by which clocks may differ


def is_genuine(headers: Mapping[str, str], body: bytes) -> bool:
    """Whether the message was signed with the secret, just now."""
    timestamp = headers.get("webhook-timestamp", "")
    signed = f"{headers.get('webhook-id', '')}.{timestamp}.".encode() + body
    expected = base64.b64encode(hmac.digest(SECRET, signed, "sha256"))
    given = [each.partition(",") for each in headers.get("webhook-signature", "").split()]
    matches = [hmac.compare_digest(value.encode(), expected) for scheme, _, value in given if scheme == "v1"]
    return any(matches) and timestamp.isdigit() and abs(time.time() - int(timestamp)) <= TOLERANCE


class Receiver(BaseHTTPRequestHandler):
    """Answers each message; what it has done about a message is done before it answers."""

    epoch, newest = "", 0  # a real one keeps both where they survive a restart

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        if not is_genuine(dict(self.headers), body):
            self.answer(401)
            return
        message = json.loads(body)
        if message["epoch"] != type(self).epoch:  # the first one, or the account was restored: versions begin anew
            type(self).epoch, type(self).newest = message["epoch"], 0
        version = message["data"].get("dataVersion", 0)  # a test has none
        if version > type(self).newest:  # else it is a repeat
            print(version, message["data"]["method"], flush=True)
            type(self).newest = version
        self.answer(204)

    def answer(self, status: int) -> None:
        """Sends a status, and nothing else."""
        self.send_response(status)
        self.end_headers()


if __name__ == "__main__":
    HTTPServer(("127.0.0.1", int(sys.argv[1])), Receiver).serve_forever()
