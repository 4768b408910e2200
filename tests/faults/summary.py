"""Summary: what a run of the harness came to, as a table by kind of fault and figures about the clients."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence
from statistics import median, quantiles

from tests.faults.harness import Recovery, Scenario
from tests.faults.kinds import KINDS, NEEDS, Fault, title
from tests.faults.readers import Poller
from tests.faults.record import Call

_HEAD = (
    f"{'fault':<37} {'times':>5} {'lasted':>7} {'recovery':>9} {'p99':>6} {'max':>6}  what clients were told meanwhile"
)
"""Of seconds, medians; recovery is from the end of the fault until every client was answered twice."""


def summary(scenario: Scenario, problems: list[str], seconds: float) -> str:
    """All of it, in lines."""
    calls = scenario.record.calls
    recovered = [recovery.seconds for recovery in scenario.recoveries]
    writing = [call for call in calls if call.marks]
    lines = ["", *_table(scenario)]
    lines += [f"left out: {title(kind)} ({scenario.deployment.lacks[need]})" for kind, need in NEEDS.items()
              if need in scenario.deployment.lacks]  # fmt: skip
    lines += [
        "",
        f"{len(recovered)} faults in {seconds:.0f} s; {len(calls)} calls, of which {len(writing)} write; "
        f"versions {scenario.start + 1} to {scenario.final}",
        _outcomes("writing", writing),
        _outcomes("reading", [call for call in calls if not call.marks]),
        f"settled after the end: {scenario.left_open} calls repeated under their requestIDs; "
        f"repeated meanwhile: {sum(call.attempts - 1 for call in writing)} times",
        f"answers 304: {sum(each.unchanged for each in scenario.workers if isinstance(each, Poller))}; "
        f"connections cut in front: {scenario.deployment.front.cuts}",
    ]
    lines += [
        f"stream ({name}): {len(follower.events)} events over {follower.connections} connections"
        for name, follower in scenario.followers.items()
    ]
    lines.append(f"webhook: {len(scenario.receiver.received)} requests")
    lines.append("everything fits" if not problems else f"{len(problems)} things do not fit")
    return "\n".join(lines)


def _table(scenario: Scenario) -> list[str]:
    by_kind: dict[Fault, list[Recovery]] = defaultdict(list)
    for recovery in scenario.recoveries:
        by_kind[recovery.fault].append(recovery)
    lines = [_HEAD]
    for kind in KINDS:
        if kind in by_kind:
            lines.append(_line(title(kind), by_kind[kind]))
    return [*lines, _line("all", scenario.recoveries)]


def _line(name: str, recoveries: Sequence[Recovery]) -> str:
    seconds = [recovery.seconds for recovery in recoveries]
    told = sum((recovery.setbacks for recovery in recoveries), Counter[str]())
    meanwhile = ", ".join(f"{count} {what}" for what, count in sorted(told.items()))
    return (
        f"{name:<37} {len(seconds):>5} {median(recovery.lasted for recovery in recoveries):>7.1f} "
        f"{median(seconds):>9.2f} {_p99(seconds):>6.2f} {max(seconds):>6.2f}  {meanwhile}"
    )


def _p99(values: list[float]) -> float:
    return quantiles(values, n=100, method="inclusive")[98] if len(values) > 1 else values[0]


def _outcomes(kind: str, calls: list[Call]) -> str:
    acknowledged = sum(call.is_acknowledged for call in calls)
    errors = Counter(call.error for call in calls if call.is_answered and call.error)
    refused = sum(not call.is_answered and call.is_refused for call in calls)
    unknown = sum(not call.is_answered and not call.is_refused for call in calls)
    told = ", ".join(f"{count} {error}" for error, count in errors.most_common()) or "none"
    return f"{kind}: {acknowledged} acknowledged, {refused} refused, {unknown} with unknown outcome, errors: {told}"
