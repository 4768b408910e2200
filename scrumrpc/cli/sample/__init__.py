"""placeholder"""
from typing import Any
ACCOUNT = 729
ADMINISTRATOR = "bob@example.com"
def objects() -> list[dict[str, Any]]:
    return []
