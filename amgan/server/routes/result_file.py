"""The file of a finished job as an answer, of which parts can be asked for."""

from __future__ import annotations

from pathlib import Path

from starlette.datastructures import Headers
from starlette.exceptions import HTTPException
from starlette.responses import FileResponse
from starlette.types import Message, Receive, Scope, Send

from amgan.bulk.job_store import UnknownJobError

WHY = {400: "the header Range cannot be read; ask for bytes=FIRST-LAST", 416: "the file has no such part"}


class ResultFile(FileResponse):
    """A file whose problems are told as those of all other answers are."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """See ASGI.

        Raises:
            HTTPException: the part that is asked for is none.
            UnknownJobError: the file was removed just now.
        """
        has_begun = False
        beginning: Message | None = None

        async def checked(message: Message) -> None:
            nonlocal has_begun, beginning
            if message["type"] == "http.response.start":
                # The library answers these itself, as plain text.
                if message["status"] in WHY:
                    size = Headers(raw=message["headers"]).get("content-range")
                    headers = None if size is None else {"Content-Range": size}
                    raise HTTPException(message["status"], WHY[message["status"]], headers)
                beginning = message  # to be sent once the file is open
                return
            if beginning is not None:
                has_begun = True
                await send(beginning)
                beginning = None
            await send(message)

        try:
            await super().__call__(scope, receive, checked)
        except (RuntimeError, FileNotFoundError) as error:
            if self._is_whole():
                raise
            if has_begun:
                return  # the connection breaks in the middle of the file, as whoever removed the job wants
            raise UnknownJobError("the result of this job is not there any more") from error

    def _is_whole(self) -> bool:
        try:
            return str(Path(self.path).stat().st_size) == self.headers.get("content-length")
        except OSError:
            return False
