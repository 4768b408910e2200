"""Group: a transaction that calls of an account share, and what those of them that have succeeded made of the account.

Each call has a Transaction of its own. It sees what the calls before it did as if they were committed, and hands over
what it has done once it has succeeded; one that fails leaves nothing here. What is handed over is sent as late as can
be: in one flush with COMMIT or, before that, with the first query of a later call.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from scrumrpc.model.record import Record
from scrumrpc.store import log
from scrumrpc.store.database import Connection
from scrumrpc.store.flush import Statement, flush
from scrumrpc.store.ranks import RankPlace
from scrumrpc.store.standing import Standing
from scrumrpc.store.writes import writes_of

Reference = tuple[str, str]
"""An object type and a wire id."""

_SAVE: Statement = ("SAVEPOINT call", {})
_GO_BACK: Statement = ("ROLLBACK TO SAVEPOINT call", {})
_FORGET: Statement = ("RELEASE SAVEPOINT call", {})


class MustBeFirst(Exception):
    """What a call is about to do must not be done behind calls of its group that are not committed yet."""


class Group:
    """One transaction under the account's lock.

    `version` and the newest numbers are those that the calls so far have led to, and so are the objects in `states`
    (None: it is gone), all of those that these calls have touched. Any later call may rely on what else is kept here.
    """

    def __init__(
        self,
        conn: Connection,
        account: int,
        standing: Standing | None = None,
        found: Mapping[Reference, Record | None] | None = None,
    ) -> None:
        self.conn = conn
        self.account = account
        self.version = standing.data_version if standing else 0
        self.last_object = standing.last_object if standing else 0
        self.last_item_number = standing.last_item_number if standing else 0
        self.last_task_number = standing.last_task_number if standing else 0
        self.states: dict[int, Record | None] = {}
        self.numbers: dict[Reference, int] = {}  # of the objects in `states`
        self.fetched: dict[Reference, Record | None] = dict(found or {})  # as they were before any call touched them
        self.first_lists: dict[int, int | None] = {}  # as Reading.first_list answers them
        self.last_ranks: dict[RankPlace, str | None] = {}  # of lists, as they are now
        self.is_over = False  # whether no other call may run in this transaction
        self.may_be_committed = False  # whether a COMMIT is on its way
        self._begun = self._counters
        self._holds_something = False  # whether calls have done anything that a ROLLBACK would undo
        self._unsent: dict[int, tuple[Record | None, Record | None]] = {}  # as the tables have it, and are to have it
        self._beside: list[Statement] = []  # what else is to be written
        self._versions: list[Statement] = []
        self._changes: list[Statement] = []
        self._requests: list[Statement] = []
        self._first: list[Statement] = []  # what ends the savepoint of the call before
        # Of the call that is running:
        self._has_sent = False  # whether it has written something to the tables
        self._has_savepoint = False

    @property
    def _counters(self) -> tuple[int, int, int, int]:
        return self.version, self.last_object, self.last_item_number, self.last_task_number

    # What a running call does --------------------------------------------------------------------------------------

    def be_alone(self) -> None:
        """For a call that reads the change log, or reads or writes what is no object: it shares nothing with others.

        MustBeFirst where calls before it have done something: they are committed first, and it runs in the next group.
        """
        if self._holds_something:
            raise MustBeFirst
        self.is_over = self._has_sent = True

    def to_send(self, own: Sequence[Statement]) -> list[Statement]:
        """What to send before a query: what earlier calls have left, then what the running one has written.

        A savepoint stands between the two, so that the one can fail without the others.
        """
        statements = self._take_left()
        if own:
            if self._holds_something and not self._has_savepoint:
                statements.append(_SAVE)
                self._has_savepoint = True
            self._has_sent = True
            statements += own
        return statements

    def _take_left(self) -> list[Statement]:
        """Is sent in one go, as one call's changes are: two calls cannot have left what one could not."""
        changes = [(before, after) for before, after in self._unsent.values() if before != after]
        statements = self._first
        statements += ((text, row) for text, rows in writes_of(self.account, changes) for row in rows)
        statements += self._beside
        self._first, self._unsent, self._beside = [], {}, []
        return statements

    # How it ends ---------------------------------------------------------------------------------------------------

    def leave(self, unsent: Mapping[int, tuple[Record | None, Record | None]], beside: Sequence[Statement]) -> None:
        """Takes over what a call has not sent: of each object how the tables have it, and how they are to have it."""
        for number, (before, after) in unsent.items():
            if number in self._unsent:  # then the call has not sent anything, and the tables are further behind
                before = self._unsent[number][0]
            self._unsent[number] = before, after
        self._beside += beside
        self._holds_something = self._holds_something or bool(unsent or beside)

    def record(
        self, versions: Sequence[Statement], changes: Sequence[Statement], requests: Sequence[Statement]
    ) -> None:
        """Takes over what a call adds to the change log and the requests, which no call of the group reads."""
        self._versions += versions
        self._changes += changes
        self._requests += requests
        self._holds_something = self._holds_something or self._has_sent or bool(versions or requests)
        self._end_call([_FORGET])

    def undo(self) -> None:
        """Undoes what the running call, which has failed, has sent. Without a savepoint there was nothing before it."""
        if self._has_sent and not self._has_savepoint:
            self.is_over = True  # and it ends with a ROLLBACK
        self._end_call([_GO_BACK, _FORGET])

    def _end_call(self, end_of_savepoint: list[Statement]) -> None:
        if self._has_savepoint:
            self._first = end_of_savepoint
        self._has_sent = self._has_savepoint = False

    async def commit(self) -> None:
        """Writes everything and commits, in one flush, if calls have done anything at all.

        While `may_be_committed` is true afterwards, because the connection broke, nobody knows how it ended.
        """
        if not self._holds_something:
            return
        statements = [*self._take_left(), *self._versions, *self._changes]
        if self._counters != self._begun:
            statements.append((log.UPDATE_ACCOUNT, {
                "account": self.account, "version": self.version, "last_object": self.last_object,
                "last_item_number": self.last_item_number, "last_task_number": self.last_task_number,
            }))  # fmt: skip
        statements += [*self._requests, ("COMMIT", {})]
        self.may_be_committed = True
        try:
            await flush(self.conn, statements)
        except Exception:
            self.may_be_committed = (
                self.conn.closed
            )  # while it stands, the server has refused what was sent, or got none
            raise
        self.may_be_committed = False
