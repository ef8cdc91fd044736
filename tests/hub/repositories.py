"""What the tests' Hub keeps: repositories with commits, a main branch and tags, and the users' tokens."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field

LFS_SUFFIXES = (".safetensors", ".png")


@dataclass(frozen=True)
class User:
    """Whose a token is, and whether it may write."""

    name: str
    may_write: bool


@dataclass(frozen=True)
class Blob:
    """A file's content, kept in git or in large file storage."""

    content: bytes
    lfs: bool

    @property
    def sha256(self) -> str:
        return hashlib.sha256(self.content).hexdigest()

    @property
    def git_oid(self) -> str:
        content = self.content
        if self.lfs:
            content = (
                f"version https://git-lfs.github.com/spec/v1\noid sha256:{self.sha256}\nsize {len(content)}\n".encode()
            )
        return hashlib.sha1(b"blob %d\0" % len(content) + content).hexdigest()

    @property
    def etag(self) -> str:
        return self.sha256 if self.lfs else self.git_oid


@dataclass(frozen=True)
class Commit:
    """One state of a repository."""

    sha: str
    title: str
    files: dict[str, Blob]


@dataclass
class Repository:
    """A model repository, a data set or, with an `sdk`, a Space; `name` is "user/name"."""

    name: str
    private: bool = False
    commits: list[Commit] = field(default_factory=list)
    tags: dict[str, str] = field(default_factory=dict)
    sdk: str | None = None
    variables: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.commit("initial commit", {".gitattributes": Blob(b"*.safetensors filter=lfs\n", lfs=False)})

    @property
    def owner(self) -> str:
        return self.name.split("/", maxsplit=1)[0]

    @property
    def head(self) -> Commit:
        return self.commits[-1]

    def commit(self, title: str, files: dict[str, Blob]) -> Commit:
        """Make `files` the whole content of the main branch."""
        listing = [self.name, title, str(len(self.commits)), *(f"{path} {files[path].etag}" for path in sorted(files))]
        made = Commit(hashlib.sha1("\n".join(listing).encode()).hexdigest(), title, files)
        self.commits.append(made)
        return made

    def put(self, **contents: bytes) -> Commit:
        """A commit that changes single files, as a person makes on the web page; `__` in a name stands for a dot."""
        changed = {name.replace("__", "."): content for name, content in contents.items()}
        blobs = {name: Blob(content, name.endswith(LFS_SUFFIXES)) for name, content in changed.items()}
        return self.commit("edited", self.head.files | blobs)

    def at(self, revision: str) -> Commit | None:
        """The commit of a branch, tag or full sha."""
        sha = self.head.sha if revision in ("main", "HEAD") else self.tags.get(revision, revision)
        return next((commit for commit in self.commits if commit.sha == sha), None)
