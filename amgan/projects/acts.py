"""labels.jsonl: what people did to the labels of a project, a line an act, which is only ever added to."""

from __future__ import annotations

import getpass
import os
import secrets
from contextlib import suppress
from datetime import datetime, timezone
from pathlib import Path
from typing import Annotated, Any, BinaryIO, Literal

from filelock import FileLock
from pydantic import AfterValidator, AwareDatetime, BaseModel, ConfigDict, Field, ValidationError

from amgan.bounds import first_problem
from amgan.data.class_folders import composed, means_unlabelled
from amgan.data.reasons import Reason
from amgan.errors import DataError, DiskError, RequestError
from amgan.networks.config import MAX_CLASS_NAME_LENGTH, is_class_name

PHOTO_NAME = r"^[0-9a-f]{16}\.[a-z0-9]{1,8}$"
ACT_ID = r"^[0-9a-f]{8}$"

LONGEST_WHO = 60

MOST_BYTES = 256 * 2**20
"""Of the file; an act on each of 5,000 photos has a quarter of a megabyte."""

BLOCK = 2**16


def class_name(text: str) -> str:
    """A class as it is kept: without spaces around it, in NFC.

    Raises:
        RequestError: it cannot be the name of a class.
    """
    name = composed(" ".join(text.split()))
    if not is_class_name(name) or means_unlabelled(name):
        values = {"most": str(MAX_CLASS_NAME_LENGTH), "name": f"{text!r:.60}"}
        raise RequestError(Reason("bad_class", values))
    return name


def user_name() -> str:
    """Whoever is at work on this machine, as the log says it."""
    with suppress(OSError, KeyError, ImportError):
        return getpass.getuser()[:LONGEST_WHO]
    return "somebody"


PhotoName = Annotated[str, Field(pattern=PHOTO_NAME)]
ClassName = Annotated[str, AfterValidator(class_name)]


class Act(BaseModel):
    """One line.

    Attributes:
        id: Names it, so that it can be undone.
        who: Whoever did it.
        when: In UTC.
        do: add photos; label them, or with None let them be open again; leave-out, what is no part of the project;
            seen, labels that were looked at and are right; groups, how many; undo another act, or an undoing.
        added: Of photos that are added, what each was called.
        labels: The class of each photo, None for none.
        looked: Whether somebody looked at each of these, not only at the most.
        photos: Those that are left out or were seen.
        count: How many groups.
        undoes: The id of the act that is undone.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    id: Annotated[str, Field(pattern=ACT_ID)]
    who: Annotated[str, Field(max_length=LONGEST_WHO)]
    when: AwareDatetime
    do: Literal["add", "label", "leave-out", "seen", "groups", "undo"]
    added: dict[PhotoName, str] = {}
    labels: dict[PhotoName, ClassName | None] = {}
    looked: bool = False
    photos: tuple[PhotoName, ...] = ()
    count: Annotated[int, Field(ge=1)] | None = None
    undoes: str = ""


class ActLog:
    """The file; several people, processes and machines that share its disk may add to it at once."""

    def __init__(self, file: Path) -> None:
        self.file = file

    def read(self) -> list[Act]:
        """All acts in their order; a last line that a kill cut off was never acknowledged, and is none.

        Raises:
            DataError: naming the line that is no act.
            OSError: the file cannot be read.
        """
        if not self.file.exists():
            return []
        if self.file.stat().st_size > MOST_BYTES:
            raise DataError(f"{self.file} has more than {MOST_BYTES:,} bytes, which no labels of a project have")
        lines = self.file.read_bytes().split(b"\n")[:-1]
        return [self._act(number, line) for number, line in enumerate(lines, 1) if line.strip()]

    def add(self, do: str, who: str, **content: Any) -> Act:
        """Add an act; when this returns it is on the disk.

        Raises:
            DataError: the content is not what an act may hold.
            RequestError: there are as many acts as can be read.
            OSError: it cannot be written; then nothing is added.
        """
        now = datetime.now(timezone.utc).replace(microsecond=0)
        try:
            act = Act.model_validate({"id": secrets.token_hex(4), "who": who, "when": now, "do": do, **content})
        except ValidationError as error:
            raise DataError(first_problem(error)) from error
        line = act.model_dump_json(exclude_unset=True).encode() + b"\n"
        with FileLock(self.file.with_suffix(".lock")), self.file.open("a+b", buffering=0) as file:
            whole = _end_of_lines(file)
            if whole + len(line) > MOST_BYTES:
                raise RequestError(Reason("many_acts"))
            file.truncate(whole)  # of what a kill cut off
            try:
                if file.write(line) != len(line):
                    raise DiskError(f"{self.file}: the disk takes no more, so nothing was added; make room there")
                os.fsync(file.fileno())
            except OSError:
                file.truncate(whole)
                raise
        return act

    def _act(self, number: int, line: bytes) -> Act:
        try:
            return Act.model_validate_json(line)
        except ValidationError as error:
            raise DataError(
                f"{self.file}: line {number} is no act that this version knows ({first_problem(error)}); mend or "
                "remove it"
            ) from error


def _end_of_lines(file: BinaryIO) -> int:
    """Where the last whole line ends."""
    position = file.seek(0, os.SEEK_END)
    while position:
        start = max(0, position - BLOCK)
        file.seek(start)
        if (found := file.read(position - start).rfind(b"\n")) >= 0:
            return start + found + 1
        position = start
    return 0
