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

        async def checked(message: Message) -> None:
            # The library answers these itself, as plain text.
            if message["type"] == "http.response.start" and message["status"] in WHY:
                size = Headers(raw=message["headers"]).get("content-range")
                headers = None if size is None else {"Content-Range": size}
                raise HTTPException(message["status"], WHY[message["status"]], headers)
            await send(message)

        try:
            await super().__call__(scope, receive, checked)
        except RuntimeError as error:
            if Path(self.path).exists():
                raise
            raise UnknownJobError("the result of this job is not there any more") from error
