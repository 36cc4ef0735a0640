"""``aggregator once``, killed at a chosen commit; run as ``python -m tests.crashing CONFIG STEP NUMBER WHEN``.

STEP is the name of a step's transaction, NUMBER which time it runs (from 1), WHEN ``before`` or
``after`` its commit. The kill is SIGKILL, from inside, at exactly that point; workers and all.
"""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any, NoReturn

from sqlmodel import Session

from aggregator.bootstrap import open_service
from aggregator.configuration.loading import load_configuration
from aggregator.logging_setup import configure_logging
from aggregator.pipeline import Pipeline
from aggregator.store.database import Database


def die() -> NoReturn:
    os.kill(os.getpid(), signal.SIGKILL)
    raise AssertionError("SIGKILL cannot be survived")


def lay_trap(step: str, number: int, when: str) -> None:
    """Make the process kill itself around one commit."""
    seen: Counter[str] = Counter()
    write = Database.write

    async def trapped(self: Database, question: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Any:
        name = f"{question.__module__}.{question.__qualname__}".removeprefix("aggregator.")
        seen[name] += 1
        here = name == step and seen[name] == number

        def asked(session: Session, *args: Any, **kwargs: Any) -> Any:
            result = question(session, *args, **kwargs)
            if here and when == "before":
                session.flush()
                die()
            return result

        result = await write(self, asked, *args, **kwargs)
        if here:
            die()
        return result

    Database.write = trapped  # type: ignore[method-assign]


async def work(config: Path) -> None:
    configuration = load_configuration(config, environ={})
    configure_logging(configuration.settings.logging)
    async with open_service(configuration) as service:
        await Pipeline(service).once()


if __name__ == "__main__":
    lay_trap(sys.argv[2], int(sys.argv[3]), sys.argv[4])
    asyncio.run(work(Path(sys.argv[1])))
