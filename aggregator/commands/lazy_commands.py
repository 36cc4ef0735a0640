"""Imports a command only when it is used.

A group prints its help, and a shell completes a command's name, from the entries alone. The module of a command is
imported when its parameters are needed: to run it, to complete its options, or to print its own help.
"""

from __future__ import annotations

import inspect
from dataclasses import dataclass
from importlib import import_module
from typing import Any, ClassVar

import typer
from typer.core import TyperArgument, TyperCommand, TyperGroup
from typer.main import get_command


@dataclass(frozen=True, kw_only=True, slots=True)
class CommandEntry:
    """A command of a group: its name, its help, and where the function is that runs it.

    ``function`` is written ``package.module:function``; its parameters are those of the command. The first line of
    ``help`` is what the help of the group shows.
    """

    name: str
    function: str
    help: str
    example: str = ""


class LazyCommand(TyperCommand):
    """A command whose parameters and function are imported at first use."""

    def __init__(self, entry: CommandEntry) -> None:
        example = f"Example: {entry.example}" if entry.example else None
        super().__init__(entry.name, help=inspect.cleandoc(entry.help), epilog=example)
        self._function = entry.function

    def get_params(self, ctx: Any) -> list[Any]:
        """Returns the parameters of the command; imports its module the first time."""
        if self.callback is None:
            module, _, function = self._function.partition(":")
            imported = typer.Typer(add_completion=False)
            imported.command(self.name)(getattr(import_module(module), function))
            command = get_command(imported)
            self.params, self.callback = command.params, command.callback
        return _without_python_types(super().get_params(ctx))


def _without_python_types(parameters: list[Any]) -> list[Any]:
    """Hides the Python types that Typer prints next to arguments with a name in words, and next to flags."""
    for parameter in parameters:
        is_named_argument = isinstance(parameter, TyperArgument) and parameter.metavar is not None
        if is_named_argument or getattr(parameter, "is_flag", False):
            parameter.display_type_rich = _no_type
    return parameters


def _no_type(*, ctx: Any) -> None:  # noqa: ARG001 - the signature is Typer's
    return None


class LazyGroup(TyperGroup):
    """A group of commands that are imported at first use; a subclass lists them in ``entries``."""

    entries: ClassVar[tuple[CommandEntry, ...]] = ()

    def __init__(self, *, commands: dict[str, Any] | None = None, **settings: Any) -> None:
        lazy = {entry.name: LazyCommand(entry) for entry in self.entries}
        super().__init__(commands={**lazy, **(commands or {})}, **settings)

    def get_params(self, ctx: Any) -> list[Any]:
        """Returns the options of the group itself."""
        return _without_python_types(super().get_params(ctx))
