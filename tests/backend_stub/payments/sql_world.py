"""Payment on a real database: effects in the same transactions, kills at every commit."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from sqlalchemy import text
from sqlalchemy.orm import Session

from backend_stub.ground.database import Database
from backend_stub.payments.book import Book
from backend_stub.payments.effects import EffectRefused, Effects
from backend_stub.payments.store import SqlStore

from .world import Chaos

_TABLE = "CREATE TABLE renewal (worker VARCHAR(40) PRIMARY KEY, held_by VARCHAR(36), ok INT)"


@dataclass
class SqlRegistry:
    """Renewals in a table of the same database."""

    session: Session

    @staticmethod
    def create(database: Database) -> None:
        with database.write() as session:
            session.execute(text(_TABLE))

    def reserve(self, order: str, worker: str) -> None:
        # Two orders at once: the second waits for the first one's commit, then finds its row.
        self._run(
            "INSERT INTO renewal VALUES (:worker, :order, 0) ON CONFLICT DO NOTHING", order, worker
        )
        if self._holder(worker) != order:
            raise EffectRefused("already-renewed")

    def apply(self, order: str, worker: str) -> None:
        self.reserve(order, worker)
        self._run(
            "UPDATE renewal SET ok = 1 WHERE worker = :worker AND held_by = :order", order, worker
        )

    def release(self, order: str, worker: str) -> None:
        self._run(
            "DELETE FROM renewal WHERE worker = :worker AND held_by = :order AND ok = 0",
            order,
            worker,
        )

    def applied(self, order: str, worker: str) -> bool:
        return worker in self.renewed(order)

    def renewed(self, order: str) -> set[str]:
        rows = self.session.execute(
            text("SELECT worker FROM renewal WHERE ok = 1 AND held_by = :order"), {"order": order}
        )
        return {worker for (worker,) in rows}

    def _holder(self, worker: str) -> str | None:
        holder: str | None = self.session.scalar(
            text("SELECT held_by FROM renewal WHERE worker = :worker"), {"worker": worker}
        )
        return holder

    def _run(self, statement: str, order: str, worker: str) -> None:
        self.session.execute(text(statement), {"order": order, "worker": worker})


@dataclass(frozen=True, slots=True)
class KillingStore(SqlStore):
    """A store whose process may end just before and just after each commit."""

    chaos: Chaos = field(default_factory=Chaos)

    @contextmanager
    def change(self, order: str) -> Iterator[tuple[Book, Effects]]:
        with SqlStore.change(self, order) as (book, effects):
            yield book, effects
            self.chaos.step()
        self.chaos.step()
