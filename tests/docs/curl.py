"""Stands in for curl where README lines are tried: so much of it as they use, because a machine may have none."""

from __future__ import annotations

import sys
import time
from urllib.parse import quote

import httpx2


def main() -> int:
    """Prints what is answered; 28, as curl does, where -m breaks it off."""
    words = iter(sys.argv[1:])
    parts: list[str] = []
    url, user, seconds = "", ":", 60.0
    for word in words:
        match word:
            case "-s" | "-N":
                pass
            case "-u":
                user = next(words)
            case "-m":
                seconds = float(next(words))
            case "-d":
                parts.append(next(words))
            case "--data-urlencode":
                name, _, value = next(words).partition("=")
                parts.append(f"{name}={quote(value, safe='')}")
            case _:
                assert word.startswith("http://"), word
                url = word
    name, _, password = user.partition(":")
    end = time.monotonic() + seconds
    headers = {"Content-Type": "application/x-www-form-urlencoded"} if parts else {}
    verb = "POST" if parts else "GET"
    body = "&".join(parts).encode()
    try:
        with httpx2.stream(
            verb, url, auth=(name, password), content=body, headers=headers, timeout=seconds, trust_env=False
        ) as answer:
            for piece in answer.iter_text():
                print(piece, end="", flush=True)
                if time.monotonic() > end:
                    return 28
    except httpx2.ReadTimeout:
        return 28
    return 0


if __name__ == "__main__":
    sys.exit(main())
