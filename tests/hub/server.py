"""A server on loopback that answers the part of the Hub's HTTP API that its client calls for models, Spaces, data sets.

It is not huggingface.co: what passes here says that our side and the real client understand each other and bear
failures. Quotas, rate limits, gating, pull requests, the CDN and Xet storage are absent or imitated, and the real Hub
may differ in any of it. As on the Hub, the bytes of large files come from another origin, here a second port.
"""

from __future__ import annotations

import base64
import contextlib
import json
import re
import threading
from collections.abc import Iterator
from http.server import ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

from amgan.release.folder import RELEASE_FILES
from tests.hub.faults import Fault
from tests.hub.http import Answer, Request, handler_for
from tests.hub.repositories import LFS_SUFFIXES, Blob, Commit, Repository, User
from tests.ports import free_port

OWNER, READER, STRANGER = "hf_ownerownerowner", "hf_readerreaderreader", "hf_strangerstranger"
API = re.compile(
    r"/api/(?:models|(?=spaces|datasets))((?:spaces|datasets)?/[^/]+/[^/]+)(?:/([a-z-]+)(?:/([^/]+))?(?:/(.*))?)?"
)
RESOLVE = re.compile(r"(/(?:spaces/|datasets/)?[^/]+/[^/]+)/resolve/([^/]+)/(.+)")
BATCH = re.compile(r"(/(?:spaces/|datasets/)?[^/]+/[^/]+)\.git/info/lfs/objects/batch")


class HubServer:
    """The two servers, what they keep, and the switches.

    Attributes:
        repositories: By "user/name", "spaces/user/name" or "datasets/user/name".
        requests: Every request that came in.
        faults: Those that are switched on.
        stored: Uploaded large files by SHA-256.
    """

    def __init__(self) -> None:
        self.users = {OWNER: User("user", True), READER: User("user", False), STRANGER: User("stranger", True)}
        self.repositories: dict[str, Repository] = {}
        self.requests: list[Request] = []
        self.faults: list[Fault] = []
        self.stored: dict[str, bytes] = {}
        self._ports = (free_port(), free_port())
        self._servers: list[ThreadingHTTPServer] = []
        self.start()

    @property
    def endpoint(self) -> str:
        return f"http://127.0.0.1:{self._ports[0]}"

    @property
    def bytes_endpoint(self) -> str:
        return f"http://127.0.0.1:{self._ports[1]}"

    def start(self) -> None:
        """Listen, on the same ports as before."""
        self._servers = [
            ThreadingHTTPServer(("127.0.0.1", port), handler_for(self, from_bytes_port))
            for port, from_bytes_port in zip(self._ports, (False, True))
        ]
        for server in self._servers:
            server.daemon_threads = True
            threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()

    def stop(self) -> None:
        """Refuse connections."""
        for server in self._servers:
            server.shutdown()
            server.server_close()

    @contextlib.contextmanager
    def stopped(self) -> Iterator[None]:
        """The server is down within."""
        self.stop()
        try:
            yield
        finally:
            self.start()

    @contextlib.contextmanager
    def fault(self, method: str, path: str, **what: Any) -> Iterator[Fault]:
        """Something goes wrong within; see `Fault`."""
        fault = Fault(method, path, **what)
        self.faults.append(fault)
        try:
            yield fault
        finally:
            self.faults.remove(fault)
            fault.over.set()

    def add(self, name: str, folder: Path, private: bool = False) -> Commit:
        """Put a release folder's files into a repository, without the client."""
        repository = self.repositories.setdefault(name, Repository(name, private))
        contents = {file.name: file.read_bytes() for file in folder.iterdir() if file.name in RELEASE_FILES}
        blobs = {file: Blob(content, file.endswith(LFS_SUFFIXES)) for file, content in contents.items()}
        return repository.commit("added", repository.head.files | blobs)

    def fault_of(self, request: Request) -> Fault | None:
        for fault in self.faults:
            if fault.fits(request.method, request.path):
                fault.hits += 1
                return fault
        return None

    # The second port: bytes without a token, as a storage provider behind signed links.

    def serve_bytes(self, request: Request) -> Answer:
        oid = urlsplit(request.path).path.rsplit("/", 1)[-1]
        if request.method == "PUT":
            self.stored[oid] = request.body
            return Answer()
        if oid not in self.stored:
            return Answer(404)
        return ranged(self.stored[oid], request, {"ETag": f'"{oid}"'})

    # The first port: the Hub.

    def serve_hub(self, request: Request) -> Answer:
        path = urlsplit(request.path).path
        token = (request.authorization or "").removeprefix("Bearer ")
        user = self.users.get(token)
        if token and user is None:
            return refusal(401, message="Invalid credentials in Authorization header")
        if path == "/api/whoami-v2":
            return Answer.of({"type": "user", "name": user.name, "orgs": []}) if user else refusal(401)
        if path == "/api/validate-yaml":
            starts = request.json()["content"].startswith("---\n")
            return Answer.of({"errors": [], "warnings": [] if starts else [{"message": "empty metadata"}]})
        if path == "/api/repos/create":
            return self.create(request.json(), user)
        if path == "/api/repos/delete" and request.method == "DELETE":
            return self.delete(request.json(), user)
        for pattern, serve in ((API, self.serve_api), (RESOLVE, self.resolve), (BATCH, self.batch)):
            if match := pattern.fullmatch(path):
                name, *rest = (unquote(part) if part else "" for part in match.groups())
                repository = self.repositories.get(name.removeprefix("/"))
                if repository is None or (repository.private and (user is None or user.name != repository.owner)):
                    return refusal(404 if user else 401, "RepoNotFound")
                return serve(request, repository, user, *rest)
        return refusal(404)

    def create(self, asked: dict[str, Any], user: User | None) -> Answer:
        if user is None:
            return refusal(401)
        name = f"{asked.get('organization') or user.name}/{asked['name']}"
        if not may_write(user, name):
            return refusal(403, message="You don't have the rights to create a model under this namespace")
        key = {"space": f"spaces/{name}", "dataset": f"datasets/{name}"}.get(asked.get("type", ""), name)
        there = key in self.repositories
        if not there:
            self.repositories[key] = Repository(name, asked.get("visibility") == "private", sdk=asked.get("sdk"))
        return Answer.of({"url": f"{self.endpoint}/{key}"}, 409 if there else 200)

    def delete(self, asked: dict[str, Any], user: User | None) -> Answer:
        name = f"{asked['organization']}/{asked['name']}"
        if not may_write(user, name):
            return refusal(403)
        return Answer.of({}) if self.repositories.pop(name, None) else refusal(404, "RepoNotFound")

    def serve_api(
        self, request: Request, repository: Repository, user: User | None, what: str, revision: str, rest: str
    ) -> Answer:
        reading = request.method in ("GET", "HEAD")
        if reading and what in ("", "revision"):
            commit = repository.at(revision or "main")
            return information(repository, commit) if commit else refusal(404, "RevisionNotFound")
        if reading and what == "refs":
            branches = [{"name": "main", "ref": "refs/heads/main", "targetCommit": repository.head.sha}]
            tags = [{"name": t, "ref": f"refs/tags/{t}", "targetCommit": sha} for t, sha in repository.tags.items()]
            return Answer.of({"branches": branches, "converts": [], "tags": tags})
        if reading and what == "tree":
            commit = repository.at(revision)
            return Answer.of(tree(commit)) if commit else refusal(404, "RevisionNotFound")
        if not may_write(user, repository.name):
            return refusal(403, message="You don't have write access") if user else refusal(401)
        if reading and what == "auth-check":
            return Answer.of({})
        if what == "preupload":
            return Answer.of({"files": [upload_mode(repository, file["path"]) for file in request.json()["files"]]})
        if what == "commit":
            return self.commit(request, repository)
        if what == "variables":
            return self.variables(request, repository)
        if what == "tag":
            return add_tag(repository, revision, request.json()["tag"])
        return refusal(404)

    def variables(self, request: Request, repository: Repository) -> Answer:
        if request.method != "GET":
            asked = request.json()
            repository.variables.pop(asked["key"], None)
            if request.method == "POST":
                repository.variables[asked["key"]] = asked["value"]
        return Answer.of({key: {"value": value} for key, value in repository.variables.items()})

    def batch(self, request: Request, repository: Repository, user: User | None) -> Answer:
        if not may_write(user, repository.name):
            return refusal(403)
        objects: list[dict[str, Any]] = []
        for wanted in request.json()["objects"]:
            href = f"{self.bytes_endpoint}/{repository.name}/{wanted['oid']}?signed=1"
            there = wanted["oid"] in self.stored
            objects.append(wanted | ({} if there else {"actions": {"upload": {"href": href}}}))
        return Answer.of({"transfer": "basic", "objects": objects})

    def commit(self, request: Request, repository: Repository) -> Answer:
        title, files = "", dict(repository.head.files)
        for line in request.body.splitlines():
            operation = json.loads(line)
            value = operation["value"]
            match operation["key"]:
                case "header":
                    title = value["summary"]
                    if value.get("parentCommit") not in (None, repository.head.sha):
                        return refusal(412, message="The expected parent commit is another")
                case "file":
                    files[value["path"]] = Blob(base64.b64decode(value["content"]), lfs=False)
                case "lfsFile":
                    if value["oid"] not in self.stored:
                        return refusal(400, message="LFS pointer to a file that does not exist")
                    files[value["path"]] = Blob(self.stored[value["oid"]], lfs=True)
                case "deletedFile":
                    if files.pop(value["path"], None) is None:
                        return refusal(404, "EntryNotFound")
        made = repository.commit(title, files)
        url = f"{self.endpoint}/{repository.name}/commit/{made.sha}"
        return Answer.of({"commitUrl": url, "commitOid": made.sha})

    def resolve(self, request: Request, repository: Repository, user: User | None, revision: str, path: str) -> Answer:
        commit = repository.at(revision)
        if commit is None:
            return refusal(404, "RevisionNotFound")
        blob = commit.files.get(path)
        if blob is None:
            missing = refusal(404, "EntryNotFound")
            missing.headers["X-Repo-Commit"] = commit.sha
            return missing
        headers = {"X-Repo-Commit": commit.sha, "ETag": f'"{blob.etag}"'}
        if not blob.lfs:
            return ranged(blob.content, request, headers)
        self.stored[blob.sha256] = blob.content
        headers |= {"X-Linked-Etag": f'"{blob.sha256}"', "X-Linked-Size": str(len(blob.content))}
        return Answer(302, headers=headers | {"Location": f"{self.bytes_endpoint}/{blob.sha256}?signed=1"})


def may_write(user: User | None, name: str) -> bool:
    return user is not None and user.may_write and user.name == name.split("/", maxsplit=1)[0]


def refusal(status: int, code: str | None = None, message: str | None = None) -> Answer:
    answer = Answer.of({"error": message or "refused"}, status)
    answer.headers |= {"X-Error-Code": code} if code else {}
    answer.headers |= {"X-Error-Message": message} if message else {}
    return answer


def ranged(content: bytes, request: Request, headers: dict[str, str]) -> Answer:
    match = re.fullmatch(r"bytes=(\d+)-(\d*)", request.headers.get("range", ""))
    if match is None:
        return Answer(200, content, headers)
    start, end = int(match[1]), int(match[2]) + 1 if match[2] else len(content)
    if start >= len(content):
        return Answer(416, headers={"Content-Range": f"bytes */{len(content)}"})
    part = content[start:end]
    return Answer(206, part, headers | {"Content-Range": f"bytes {start}-{start + len(part) - 1}/{len(content)}"})


def upload_mode(repository: Repository, path: str) -> dict[str, Any]:
    there = repository.head.files.get(path)
    mode = {"path": path, "uploadMode": "lfs" if path.endswith(LFS_SUFFIXES) else "regular", "shouldIgnore": False}
    return mode | ({"oid": there.etag} if there else {})


def add_tag(repository: Repository, revision: str, tag: str) -> Answer:
    if tag in repository.tags:
        return refusal(409, message="Tag reference exists already")
    commit = repository.at(revision)
    if commit is None:
        return refusal(404, "RevisionNotFound")
    repository.tags[tag] = commit.sha
    return Answer.of({})


def tree(commit: Commit) -> list[dict[str, Any]]:
    return [{"type": "file", "path": path} | details(blob, "oid") for path, blob in sorted(commit.files.items())]


def information(repository: Repository, commit: Commit) -> Answer:
    siblings = [{"rfilename": path} | details(blob, "blobId") for path, blob in sorted(commit.files.items())]
    return Answer.of(
        {"id": repository.name, "modelId": repository.name, "sha": commit.sha, "private": repository.private,
         "author": repository.name.split("/", maxsplit=1)[0], "gated": False, "tags": [], "downloads": 0, "likes": 0,
         "siblings": siblings, **({"sdk": repository.sdk} if repository.sdk else {})}
    )  # fmt: skip


def details(blob: Blob, oid: str) -> dict[str, Any]:
    found: dict[str, Any] = {"size": len(blob.content), oid: blob.git_oid}
    if blob.lfs:
        found["lfs"] = {"sha256": blob.sha256, "oid": blob.sha256, "size": len(blob.content), "pointerSize": 134}
    return found
