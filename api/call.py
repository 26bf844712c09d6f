"""One request as the domain sees it: who calls, when, and the transaction it runs in."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from datetime import datetime
from functools import cached_property
from types import TracebackType
from typing import Any, Self, TypeVar, overload

from sqlalchemy import Connection
from sqlalchemy.orm import Session

from api.errors import Forbidden
from api.language import preferred
from api.services import Services
from hotservices.catalogue import Catalogue
from identity.clients.client import Client
from identity.ids import AccountId
from identity.orm import reading
from identity.prepared import Question, rows_together
from identity.principals import Citizen, Principal, StaffMember

Answered = TypeVar("Answered")
Other = TypeVar("Other")
Third = TypeVar("Third")
# What a route mostly asks of whoever's account it is.
Ahead = Callable[["Call", AccountId], Sequence[Question[Any]]]


class Call:
    """Opened by the guard of a route. Its session begins when first asked for.

    A POST gets one transaction: committed when the route returns, rolled back when it raises. A GET reads.
    """

    def __init__(self, services: Services, *, writes: bool, ahead: Ahead | None = None) -> None:
        self.services = services
        self.now: datetime = services.clock.now()
        self.principal: Principal | Client | None = None
        self._writes = writes
        self._connection: Connection | None = None
        self._session: Session | None = None
        self._transaction = ExitStack()
        self._catalogue: Catalogue | None = None
        self._ahead = ahead
        self._told: dict[tuple[Any, ...], list[Any]] = {}
        self._on_begin: Callable[[Session], None] | None = None

    @cached_property
    def language(self) -> str:
        """`zh` or `en`."""
        return preferred()

    @property
    def citizen(self) -> Citizen:
        """The citizen that the guard let in. Raises Forbidden when it let in nobody of that kind."""
        if not isinstance(self.principal, Citizen):
            raise Forbidden
        return self.principal

    @property
    def staff(self) -> StaffMember:
        """The member of staff that the guard let in. Raises Forbidden when it let in nobody of that kind."""
        if not isinstance(self.principal, StaffMember):
            raise Forbidden
        return self.principal

    @property
    def client(self) -> Client:
        """The machine client that the guard let in. Raises Forbidden when it let in nobody of that kind."""
        if not isinstance(self.principal, Client):
            raise Forbidden
        return self.principal

    @property
    def caller(self) -> Principal:
        """Whoever is logged in, as the guard let them in. Raises Forbidden when it let in nobody who is."""
        if self.principal is None or isinstance(self.principal, Client):
            raise Forbidden
        return self.principal

    @contextmanager
    def lookup(self) -> Iterator[Connection]:
        """Lend a connection for prepared statements. A GET has one for all of them; a POST gives it back at once."""
        if self._writes:
            with self.services.database.lookup() as connection:
                yield connection
        else:
            yield self._reading()

    def ask_who(self, connection: Connection, who: Question[Answered], account_id: AccountId) -> Answered:
        """Ask who calls. What the route mostly asks of an account travels along, unread.

        Whether the answers are of use is seen by who it turns out to be: `ask` takes one only for the same question.
        """
        ahead = self._ahead(self, account_id) if self._ahead else ()
        found, *told = rows_together(connection, [who, *ahead])
        self._told = {question.key: rows for question, rows in zip(ahead, told, strict=True)}
        return who.read(found)

    @overload
    def ask(self, one: Question[Answered], /) -> tuple[Answered]: ...
    @overload
    def ask(self, one: Question[Answered], other: Question[Other], /) -> tuple[Answered, Other]: ...
    @overload
    def ask(
        self, one: Question[Answered], other: Question[Other], third: Question[Third], /
    ) -> tuple[Answered, Other, Third]: ...
    def ask(self, *questions: Question[Any]) -> tuple[Any, ...]:
        """Ask what does not depend on one another, together; what was asked ahead is answered already, once."""
        given = {question.key: self._told.pop(question.key, None) for question in questions}
        missing = [question for question in questions if given[question.key] is None]
        if missing:
            with self.lookup() as connection:
                found = rows_together(connection, missing)
            given |= {question.key: rows for question, rows in zip(missing, found, strict=True)}
        return tuple(question.read(given[question.key] or []) for question in questions)

    @property
    def session(self) -> Session:
        """The request's session: one transaction for a POST, plain reads for a GET."""
        if self._session is None:
            if self._writes and self._connection is not None:
                # A second transaction beside the first would wait for it, and the first for this request.
                msg = "this request's transaction has no session: ask for the session first"
                raise RuntimeError(msg)
            opened = self.services.database.write() if self._writes else reading(self._reading())
            self._session = self._transaction.enter_context(opened)
            if self._on_begin:
                self._on_begin(self._session)
        return self._session

    @property
    def transaction(self) -> Connection:
        """The connection of a POST's one transaction, for prepared statements; without a session where none is needed."""
        if self._session is not None or self._on_begin is not None:
            return self.session.connection()
        if self._connection is None:
            self._connection = self._transaction.enter_context(self.services.database.transaction())
        return self._connection

    @property
    def writes_nothing_else(self) -> bool:
        """Whether the request's transaction, if it gets one, is all the route's own."""
        return self._session is None and self._connection is None and self._on_begin is None

    @property
    def catalogue(self) -> Catalogue:
        """The catalogue of services: the same from the first question to the end of the request."""
        if self._catalogue is None:
            self._catalogue = self.services.catalogue.current()
        return self._catalogue

    def on_begin(self, action: Callable[[Session], None]) -> None:
        """Do something first in the request's transaction, also when it begins anew."""
        self._on_begin = action

    def roll_back(self) -> None:
        """Undo what the request's transaction did; the next use of `session` begins anew."""
        abandoned, self._transaction = self._transaction, ExitStack()
        self._session = self._connection = None
        abandoned.__exit__(_Abandoned, _Abandoned(), None)

    @contextmanager
    def lasting(self) -> Iterator[Session]:
        """Write what must outlive a refusal, in a short transaction of its own."""
        self.roll_back()
        with self.services.database.write() as session:
            yield session

    def _reading(self) -> Connection:
        if self._connection is None:
            self._connection = self._transaction.enter_context(self.services.database.lookup())
        return self._connection

    def __enter__(self) -> Self:
        """Begin nothing yet."""
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Commit, or roll back on an exception."""
        self._transaction.__exit__(kind, error, trace)


class _Abandoned(Exception):
    """Tells a transaction's context manager to roll back."""
