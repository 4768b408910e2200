"""Calls of methods: such as may succeed, with things that are wrong with them; and what they may be answered for it."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cache
from random import Random

import orjson

from scrumrpc.calls.batch import BATCH, may_be_in_a_batch
from scrumrpc.calls.registry import METHODS, RESERVED, Method, Parameter
from scrumrpc.docs.failures import own_errors
from scrumrpc.errors import ApiError
from tests.fuzz import values
from tests.fuzz.expecting import CALLER, HEADER, OBJECT, PARAMETER, REQUEST, RESULT, VERSION, Flaw, allowed
from tests.fuzz.ground import ADMIN, MEMBER, Ground
from tests.model.arguments import Drawing

FIRST, LAST = -1, 999
"""Places within the step of parameters: before the first one, and behind the last."""
_ON_PEOPLE = ("deletePerson", "setPersonEmailAddress", "setPersonIsAdministrator")
_REVERTS = "revertVersion"
FAR = 1_000_000
"""Versions that no run gets to."""
_NOBODY = "999999999999-1-1"


@dataclass(slots=True)
class Call:
    """A call that is being put together. `doubled` are parameters that are given once more.

    `expected` are errors that the parameters' values lead to for certain, each for as long as the value stands.
    """

    method: Method
    given: dict[str, str]
    key: str = "admin"
    authorization: str | None = None
    doubled: list[tuple[str, str]] = field(default_factory=list)
    expected: list[tuple[str, str, Flaw]] = field(default_factory=list)

    def set(self, name: str, value: str, error: Flaw | None = None) -> None:
        """Gives a parameter a value, which leads to an error."""
        self.given[name] = value
        if error:
            self.expected.append((name, value, error))

    def may_be_answered(self, ground: Ground, *more: Flaw) -> frozenset[str]:
        """The errors that may come, and RESULT."""
        return allowed([*more, *self.flaws(ground)], {*own(self.method.name), "InvalidParameter", RESULT})

    def flaws(self, ground: Ground) -> list[Flaw]:
        """All that is wrong with it, or may be."""
        expected = [flaw for name, value, flaw in self.expected if self.given.get(name) == value]
        if any(self.given.get(name) != value for name, value in self.doubled):
            expected.append(Flaw((REQUEST, 0), "InvalidParameter"))
        return [*expected, *_flaws_of_caller(self), *_flaws_of_values(self), *_flaws_of_reserved(self, ground)]


@cache
def own(name: str) -> tuple[str, ...]:
    """The errors that a method answers because of what it takes and requires, by the documentation."""
    return tuple(error.__name__ for error in own_errors(METHODS[name]))


def _flaws_of_caller(call: Call) -> list[Flaw]:
    """What the credentials lead to."""
    if call.authorization is not None:
        error = "InvalidAuthenticationInfo" if call.authorization.strip(" \t\x85") else "AuthenticationRequired"
        return [Flaw((HEADER, 0), error)]
    if call.key in ("wrong key", "no key"):
        return [Flaw((CALLER, 0), "InvalidAPIKey")]
    return [] if call.key in ("admin", "member") else [Flaw((CALLER, 0), "InvalidUserEmailAddress")]


def _flaws_of_values(call: Call) -> list[Flaw]:
    """What the kinds of the parameters have against their texts; the errors come in the order of the parameters."""
    flaws: list[Flaw] = []
    if any("\x00" in text for text in call.given.values()):
        flaws.append(Flaw((PARAMETER, FIRST), "InvalidParameter"))
    known = {parameter.name for parameter in call.method.parameters} | RESERVED
    if call.method.origin == "ours" and not known.issuperset(call.given):
        flaws.append(Flaw((PARAMETER, FIRST), "InvalidParameter"))
    for place, parameter in enumerate(call.method.parameters):
        text = call.given.get(parameter.name, "").replace("\r\n", "\n")
        if text in ("", "null"):
            if parameter.required:
                flaws.append(Flaw((PARAMETER, place), "MissingParameter"))
            continue
        try:
            parameter.kind.parse(parameter.name, text)
        except ApiError as error:
            flaws.append(Flaw((PARAMETER, place), error.error_id))
    return flaws


def _flaws_of_reserved(call: Call, ground: Ground) -> list[Flaw]:
    """What is wrong with parameters that every method understands, by the pages /docs/calls and /docs/versions."""
    flaws: list[Flaw] = []
    given = {name: text for name, text in call.given.items() if text not in ("", "null")}
    last = (PARAMETER, LAST)
    if given.get("pretty", "true") not in ("true", "false"):
        flaws.append(Flaw((REQUEST, 0), "InvalidParameter"))
    if (epoch := given.get("requiredEpoch")) is not None:
        well_formed = re.fullmatch(r"[0-9a-f]{12}", epoch)
        if not well_formed:
            flaws.append(Flaw(last, "InvalidParameter"))
        elif epoch != ground.epoch:
            flaws.append(Flaw((VERSION, 0), "RequiredEpochNotMatching"))
    if call.method.takes_request_id:
        request, repeat = given.get("requestID"), given.get("onRepeat")
        if request and len(request) > 255:
            flaws.append(Flaw(last, "InvalidParameter"))
        elif request in ground.used_request_ids:
            flaws.append(Flaw((VERSION, 1), "RequestAlreadyExecuted"))
        elif request:
            flaws.append(Flaw((VERSION, 1), "RequestAlreadyExecuted", certain=False))
        if repeat not in (None, "error", "result"):
            flaws.append(Flaw(last, "InvalidParameter"))
        elif repeat == "result" and request is None:
            flaws.append(Flaw(last, "MissingParameter"))
    if call.method.takes_required_data_version and (required := given.get("requiredDataVersion", "-1")) != "-1":
        if re.fullmatch(r"[0-9]{1,18}", required):
            far = int(required) > ground.image.version + FAR
            flaws.append(Flaw((VERSION, 2), "RequiredDataVersionNotMatching", certain=far))
        else:
            flaws += [Flaw(place, "InvalidParameter", certain=False) for place in (last, (VERSION, 2))]
    return flaws


def calls(random: Random, ground: Ground, *, hopeless: bool = False) -> Call:
    """A call of any method, with up to three things wrong with it; a `hopeless` one has something wrong for certain."""
    call = begun(random, ground)
    most = random.choice((0, 0, 0, 1, 1, 1, 2, 3))
    for _ in range(most):
        random.choice(_SPOILING)(random, call, ground)
    if hopeless:
        random.choice(_HOPELESS)(random, call, ground)
    return finished(random, call, ground)


def begun(random: Random, ground: Ground) -> Call:
    """A call of any method that may succeed."""
    method = METHODS[random.choice(ground.methods)]
    return Call(method, arguments(method, ground, random))


def finished(random: Random, call: Call, ground: Ground) -> Call:
    """The call, made such that it keeps nobody waiting and takes away nothing that others need."""
    if call.method.waits:
        call.given["timeout"] = random.choice(("0", "0", "1", "-1", "61", "x"))
    for name, value in call.doubled:
        call.given.setdefault(name, value)  # of two, one was left out
    call.given = {name: _harmless(call.method, name, text, ground) for name, text in call.given.items()}
    return call


def arguments(method: Method, ground: Ground, random: Random) -> dict[str, str]:
    """Arguments with which the method may succeed."""
    if method.name == BATCH:
        return {"calls": orjson.dumps(_batch(ground, random)).decode()}
    given = Drawing(random, ground.image, ground.key_ids, ground.gone).arguments(method)
    for parameter in method.parameters:
        if parameter.name in given and parameter.reference is None and method.name != "restoreObject":
            ids = _ids(parameter, given, ground)
            given[parameter.name] = random.choice(ids) if ids else given[parameter.name]
    return {name: _harmless(method, name, text, ground) for name, text in given.items()}


_TYPES_OF_IDS = {"project ids": "Project", "person ids": "Person", "Person id": "Person", "tag ids": "Tag"}
"""The types of what kinds of parameters name that are no references: what they name may be gone."""


def _ids(parameter: Parameter, given: dict[str, str], ground: Ground) -> list[str]:
    """What a parameter may name that is no reference; nothing where it names no objects."""
    if parameter.kind.name == "Webhook id":
        return list(ground.webhook_ids)
    of_any = given.get("objectType") if parameter.kind.name == "object id" else None
    wanted = _TYPES_OF_IDS.get(parameter.kind.name, of_any)
    return [each.id for each in ground.image.records() if each.type == wanted]


def _batch(ground: Ground, random: Random) -> list[object]:
    """Some calls as the parameter `calls` has them, each named for those behind it; now and then nonsense."""
    names = [name for name in ground.methods if may_be_in_a_batch(METHODS[name])] or ["addTag"]
    batch: list[object] = []
    for place in range(random.choice((1, 1, 2, 3, 8))):
        method = METHODS[random.choice(names)]
        given: dict[str, object] = dict(arguments(method, ground, random))
        if place and random.random() < 0.2 and given:
            given[random.choice(list(given))] = f"$n{random.randrange(place)}"
        if random.random() < 0.05:
            given[random.choice(["x", "requestID", *given])] = random.choice(
                (None, True, 1.5, [], {}, 1e300, -(2**63), "\x00")
            )
        batch.append({"method": method.name, "parameters": given, "name": f"n{place}"})
    if random.random() < 0.1:
        batch.insert(0, random.choice((None, 1, "x", [], {}, {"method": 1}, {"method": BATCH}, {"method": "getData"})))
    return batch


def _harmless(method: Method, name: str, text: str, ground: Ground) -> str:
    """The same, unless the call would take away what others need: the people who make them, the largest project."""
    if method.name in _ON_PEOPLE and name == "personID":
        people = {each.id: each["emailAddress"] for each in ground.image.records() if each.type == "Person"}
        return _NOBODY if people.get(text) in (ADMIN, MEMBER) else text
    if method.name == "deleteProject" and name == "projectID" and text == f"{ground.account}-7-1":
        return _NOBODY
    if method.name == _REVERTS and name == "dataVersion" and re.fullmatch(r"0*[0-3]|[^0-9\x00]{1,100}", text):
        return "4"
    return text


# What can be wrong ----------------------------------------------------------------------------------------------------

Spoil = Callable[[Random, Call, Ground], None]


def _required(random: Random, call: Call) -> Parameter | None:
    required = [each for each in call.method.parameters if each.required]
    return random.choice(required) if required else None


def leave_out(random: Random, call: Call, _ground: Ground) -> None:
    """A parameter is missing, or has no value."""
    if parameter := _required(random, call):
        how = random.choice(("missing", "", "null"))
        if how == "missing":
            call.given.pop(parameter.name, None)
        else:
            call.given[parameter.name] = how


def odd_value(random: Random, call: Call, _ground: Ground) -> None:
    """A parameter has a text that nobody expects."""
    if call.method.parameters:
        call.set(random.choice(call.method.parameters).name, values.text(random))


def wrong_value(random: Random, call: Call, _ground: Ground) -> None:
    """A parameter has a value that is none of its kind for certain, whatever its parser says."""
    fitting = [
        (place, each)
        for place, each in enumerate(call.method.parameters)
        if each.kind.name in WRONG
        and (call.method.writes or each.kind.name != "external id")  # that is only looked for
    ]
    if fitting:
        place, parameter = random.choice(fitting)
        wrong = random.choice(WRONG[parameter.kind.name])
        call.set(parameter.name, wrong, Flaw((PARAMETER, place), "InvalidParameter"))


WRONG: dict[str, tuple[str, ...]] = {
    "number": ("x", "-2", "1e999", "NaN", "Infinity", "\uff11\uff12", "9" * 5_000, "1,5", "0x1"),
    "index": ("x", "-2", "1.5", "1e3", "²", "9" * 100_000, "[]"),
    "day": ("2013-02-30", "2013-2-8", "0000-01-01", "20130208", "today", "\uff12013-01-01", "2013-02-08T00:00"),
    "flag": ("TRUE", "1", "yes", " true"),
    "time": ("-1", "253402300800000", "2013-01-01", "1.5"),
    "color": ("red", "Purple-ish", "#ff0000"),
    "status": ("done", "Finished", "To  do"),
    "unit": ("points", "Weeks"),
    "name": ("x" * 501, "é" * 100_000),
    "external id": ("x" * 256,),
    "e-mail": ("x", "@", "a b@c.de", "a:b@c.de", "x" * 300 + "@y.z"),
    "file name": ("a/b", "..", "a\\b", "x" * 256, "a\u202egnp.exe"),
    "content type": ("x", "image/", "a/b; c", "x" * 300, "text/plain\n"),
    "file contents": ("!", "a b", "Y\u00e9", "=" * 9),
    "limit": ("0", "-1", "1001", "x"),
    "includeProperties": ("Nothing.at.all", "Project,,x", "\u202e"),
    "calls": ("", "x", "{}", "[1]", "[" * 100_000, '[{"method": "getData"}]', '[{"method": "addTag", "x": 1}]', '"[]"',
              "[" + ",".join(['{"method": "addTag"}'] * 501) + "]", '[{"method": "addTag", "name": "1"}]')[1:],
}  # fmt: skip
"""By the name of the kind. The errors are those that its documentation names, found without looking at its code."""


def nothing_of_that_id(random: Random, call: Call, ground: Ground) -> None:
    """A parameter names an object that is not there: of the other account, of another type, or none at all."""
    references = [each for each in call.method.parameters if each.reference and not each.reference.type_parameter]
    if not references:
        return
    parameter = random.choice(references)
    assert parameter.reference
    foreign = [wire_id for name in parameter.reference.types for wire_id in ground.foreign.get(name, ())]
    nothing = random.choice((*foreign, _NOBODY, "x", "'", "é", "1-1-1\u0301", "-1", "x" * 9_999))
    call.set(parameter.name, nothing, Flaw((OBJECT, 0), "ObjectNotFound"))
    for error in {*_OF_VERSIONS.intersection(own(call.method.name)), "InvalidParameter"}:
        call.set(parameter.name, nothing, Flaw((VERSION, 9), error, certain=False))


_OF_VERSIONS = {"DataVersionNotReachedYet", "DataVersionNoLongerKept"}


def twice(random: Random, call: Call, _ground: Ground) -> None:
    """A parameter is given twice: with the same value, which is as good as once, or with another."""
    if call.given:
        name = random.choice(sorted(call.given))
        other = random.choice((call.given[name], call.given[name] + "x", ""))
        call.doubled.append((name, other))


def unknown(random: Random, call: Call, _ground: Ground) -> None:
    """A parameter that the method does not have: refused by methods of ours, ignored by those of the original."""
    call.set(values.name(random), random.choice(("", "x", "null", "é")))


def somebody_else(random: Random, call: Call, _ground: Ground) -> None:
    """The call is made for the member, or by somebody who may not call."""
    call.key = random.choice(("member", "member", "wrong key", "no key", "nobody", "key of the other account"))


def no_credentials(random: Random, call: Call, _ground: Ground) -> None:
    """The header with the credentials is missing, or is none."""
    call.authorization = random.choice(BAD_CREDENTIALS)


BAD_CREDENTIALS = (
    "", " ", "Basic", "Basic ", "Basic !", "Basic YQ", "Basic YQ==", "Basic /w==", "basic \xe9\xe9==", "Bearer x",
    "Digest a=b", "Basic YTo=YTo=", "Basic " + "QQ==" * 3_000, "Basic YQBiOmM=", "YTpi", "Basic  YQ==", "Negotiate",
    "Basic\tYQ==", "\x85",
)  # fmt: skip


def reserved(random: Random, call: Call, ground: Ground) -> None:
    """What every method understands, with values that fit and such that do not."""
    name = random.choice(sorted(RESERVED))
    fitting = {
        "pretty": ("true", "false", "TRUE", "1\x00"), "requiredEpoch": (ground.epoch, "f" * 12, "F" * 12, "x"),
        "requiredDataVersion": (
            "-1", str(ground.image.version), str(ground.image.version + FAR + 1), "-2", "1.5", "1e9", "no such",
        ),
        "requestID": (f"new {random.randint(0, 2**64)}", "x" * 256, *ground.used_request_ids[-2:]),
        "onRepeat": ("error", "result", "x"),
    }  # fmt: skip
    call.set(name, random.choice(fitting[name]) if random.randrange(3) else values.text(random))


_SPOILING: tuple[Spoil, ...] = (
    leave_out, odd_value, odd_value, odd_value, wrong_value, wrong_value, nothing_of_that_id, twice, unknown,
    somebody_else, no_credentials, reserved, reserved,
)  # fmt: skip


def _unheard_of(_random: Random, call: Call, _ground: Ground) -> None:
    call.set("pretty", "perhaps")


def _wrong_key(_random: Random, call: Call, _ground: Ground) -> None:
    call.key = "wrong key"


def _of_another_epoch(_random: Random, call: Call, ground: Ground) -> None:
    call.set("requiredEpoch", "0" * 12 if ground.epoch != "0" * 12 else "1" * 12)


_HOPELESS: tuple[Spoil, ...] = (_unheard_of, _wrong_key, no_credentials, _of_another_epoch)
