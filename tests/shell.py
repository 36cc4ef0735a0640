"""A person at a terminal."""

from __future__ import annotations

from pathlib import Path

import pytest

from aggregator import cli
from tests.in_process_workers import start_no_processes


def run(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, *arguments: str, **environ: str
) -> tuple[int, str, str]:
    """Run a command in this process; gives exit code, standard output and standard error."""
    monkeypatch.setattr("sys.argv", ["aggregator", *arguments])
    monkeypatch.delenv("AGGREGATOR_DATABASE_URL", raising=False)
    for name, value in environ.items():
        monkeypatch.setenv(name, value)
    with pytest.raises(SystemExit) as ended:
        cli.main()
    told = capsys.readouterr()
    code = ended.value.code
    return (0 if code is None else int(code)), told.out, told.err


class Shell:
    """A person at a terminal, in a folder of their own; commands start no worker processes."""

    def __init__(self, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, folder: Path) -> None:
        self._capsys, self._monkeypatch = capsys, monkeypatch
        self.config = folder / "config"
        monkeypatch.chdir(folder)
        start_no_processes(monkeypatch)

    def types(self, *arguments: str, **environ: str) -> tuple[int, str, str]:
        return run(self._capsys, self._monkeypatch, *arguments, **environ)

    def configured(self, feeds: str = "feeds: []\n") -> Shell:
        self.config.mkdir()
        (self.config / "feeds.yaml").write_text(feeds)
        return self
