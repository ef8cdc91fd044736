"""A Hub without a network, for tests of what is above `amgan.hub.fetching`: folders by commit, and switches."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from httpx import Request, Response
from huggingface_hub.errors import RevisionNotFoundError

from amgan.errors import ReleaseError


class FakeHub:
    """One repository, "user/shoes".

    Attributes:
        folders: Release folders by commit.
        main: The commit that the main branch is at.
        tags: Commits by tag.
        cached: Commits whose files were fetched.
        refs: The cache's commit of branches and tags.
        bare: Commits that hold no model.
        away: Whether it is.
        asked: Every call that went to the network.
    """

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.folders: dict[str, Path] = {}
        self.main = ""
        self.tags: dict[str, str] = {}
        self.cached: set[str] = set()
        self.refs: dict[str, str] = {}
        self.bare: set[str] = set()
        self.away = False
        self.asked: list[str] = []
        monkeypatch.setattr("amgan.engine.hub_snapshots.fetch_release", self.fetch)
        monkeypatch.setattr("amgan.engine.hub_entry.newest_commit", self.newest)
        monkeypatch.setattr("amgan.engine.hub_snapshots.forget_release", self.forget)

    def publish(self, digit: str, folder: Path, tag: str | None = None) -> str:
        """Make a release the newest; its commit is that digit, 40 times."""
        self.main = digit * 40
        self.folders[self.main] = folder
        if tag is not None:
            self.tags[tag] = self.main
        return self.main

    def newest(self, repo_id: str, **_: Any) -> str:
        self.ask(f"newest {repo_id}")
        return self.main

    def fetch(self, repo_id: str, revision: str | None = None, local_files_only: bool = False) -> tuple[Path, str]:
        name = revision or "main"
        local = name if name in self.cached else self.refs.get(name)
        if local is not None and (local_files_only or local == name):
            return self.folders[local], local
        if local_files_only:
            raise ReleaseError("not cached") from ValueError("not cached")
        try:
            self.ask(f"fetch {repo_id} {name}")
        except ReleaseError:
            if local is None:
                raise
            return self.folders[local], local
        commit = self.main if name == "main" else self.tags.get(name, name)
        if commit in self.bare:
            raise ReleaseError("unfetched") from ReleaseError("it holds no config.json, so no model of this package")
        if commit not in self.folders:
            no = RevisionNotFoundError(
                "no such revision", response=Response(404, request=Request("GET", "https://hub"))
            )
            raise ReleaseError("unfetched") from no
        self.cached.add(commit)
        self.refs[name] = commit
        return self.folders[commit], commit

    def forget(self, repo_id: str, commit: str) -> None:
        self.cached.discard(commit)
        self.refs = {name: held for name, held in self.refs.items() if held != commit}

    def ask(self, call: str) -> None:
        self.asked.append(call)
        if self.away:
            raise ReleaseError("away") from ConnectionError("no answer")
