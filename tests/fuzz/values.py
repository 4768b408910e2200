"""Texts that nobody expects: what parameters, names and bodies of the fuzzer are made of."""

from __future__ import annotations

from random import Random

MARK = "only the other account says this"
"""Stands in every text of an account whose objects no answer may show to anybody else."""

ODD = (
    "", "null", "NULL", "undefined", "true", "True", "false", "yes", "0", "-0", "1", "-1", "-2", "+1", "1.0", "1,5",
    "1e5", "1e999", "-1e999", "NaN", "Infinity", "0x10", "\uff11\uff12",
    "٣", "²", "1_000", "9" * 18, "9" * 19, "9" * 5_000,
    "9" * 100_000, "9223372036854775807", "-9223372036854775808", "2147483648", "253402300800000", " ", " 1", "1 ",
    "\t", "\n", "\r", "\r\n", "a\r\nb", "a\rb", "\x00", "a\x00b", "\x1b[2J", "\x7f", "\x85", "\u2028", "\ufeffa",
    "\ufeff", "\uffff", "\ufdd0", "\U0010ffff", "\u202eabc\u202c", "\u200d", "a\u0301" * 50, "\u0301", "İ", "ß", "ﬀ",
    "\U0001d4b3\U0001f600\U0001f469\u200d\U0001f469",
    "\u0645\u0631\u062d\u0628\u0627", "\u0000\u0001", "ÿþ", "'", "''", '"', "\\", "\\u0000",
    "\\ud800", "%", "%s", "%(x)s", "%00",
    "{0}", "{", "}", "$name", "$$", "$1", ":account", "?", "'; DROP TABLE accounts; --", "1 OR 1=1", "E'\\x00'",
    "../../etc/passwd", "..\\..", "/", ".", "..", "a/b", "con", "-", "<script>alert(1)</script>", "&amp;", "a&b=c",
    "a;b", "a+b", "a=b", "#", "@", "a@b", "@b", "a:b@c.de", "x" * 255, "x" * 256, "x" * 501, "é" * 500, "😀" * 300,
    "x" * 100_000, "," * 1_000, "a," * 2_000, "[]", "{}", "[" * 2_000, "[[]]", '{"a":' * 2_000,
    '[{"method": "addTag"}]', '"' + "\\n" * 1_000, "2013-02-30", "2013-02-28", "0000-01-01", "10000-01-01",
    "2013-2-8", "1-1-1", "0-0-0", "1-1-1_1-1", "99999999999999999999-1-1", "1-2-3-4", "Task", "Project", "task",
    "Points", "Done", "High", "epic", "Red", "BacklogItem,Task", "Project.backlogItems,BacklogItem.tasks",
    "Nothing.at.all", "ann@example.com", "ANN@EXAMPLE.COM", "http://[", "https://127.0.0.1/", "file:///etc/passwd",
    "javascript:alert(1)", "YQ==", "YQ", "!", "image/png", "text/html; charset=utf-7", "000000000000",
)  # fmt: skip


def text(random: Random, longest: int = 200_000) -> str:
    """Any text that is not longer; often one of those that have broken something somewhere."""
    how = random.randrange(8)
    if how < 5:
        made = random.choice(ODD)
    elif how == 5:
        made = random.choice(_UNITS) * random.choice((2, 60, 255, 300, 1_000, 3_000))
    else:
        made = _characters(random, 12)
    return made[:longest]


_UNITS = ("x", "é", "😀", "1", ",", "[", '{"a":', "a ", "\n", "%", "\u0301")
_RANGES = ((0x20, 0x7E), (0x20, 0x7E), (0, 0x1F), (0x7F, 0x24F), (0x300, 0x36F), (0x590, 0x6FF), (0x2000, 0x206F),
           (0x3040, 0x30FF),           (0xE000, 0xFFFF), (0x1F300, 0x1FAFF), (0xE0000, 0x10FFFF))  # fmt: skip


def _characters(random: Random, most: int) -> str:
    """Characters from everywhere but the surrogates, which no text has."""
    return "".join(chr(random.randint(*random.choice(_RANGES))) for _ in range(random.randint(0, most)))


def name(random: Random) -> str:
    """The name of a parameter that no method has."""
    return random.choice(_NAMES) if random.randrange(2) else "~" + _characters(random, 6).replace("\x00", "")


_NAMES = ("", "x", "project_id", "projectid", "method", "self", "tx", "class", "__init__", "name[]", "a.b", "é",
          "\ufeffname",           "x" * 300, "'", "%", "pretty ", "requestId", "kwargs", "credentials")  # fmt: skip


BROKEN = (
    b"%FF",
    b"%ED%A0%80",
    b"%ED%B0%80x",
    b"%C0%80",
    b"%F8%88%80%80%80",
    b"%E2%82",
    b"\xff",
    b"\xed\xa0\x80",
    b"%F5%80%80%80",
)
"""Bytes that are no UTF-8, as they may stand in a query or a body."""
