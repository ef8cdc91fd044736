"""What an event of the page may hold: plain values, as many as its listener takes, and text where text is counted on.

Gradio takes a ``gradio.FileData`` anywhere in an event's input for a file of its own. Whatever names a file has to fit
into a string or a number here.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Annotated, Any, Literal

import gradio as gr
from pydantic import BaseModel, Field, ValidationError

from amgan.bounds import first_problem

SESSION = r"[A-Za-z0-9_-]{1,64}"
Kind = Literal["event", "cancel", "call", "call by name"]
Holds = Literal["text", "value", "values"]
"""What a component holds: text; any plain value; one or a list of them."""
_Int = Annotated[int, Field(ge=0, le=2**31, strict=True)]
_Session = Annotated[str, Field(pattern=f"^{SESSION}$")]


class _Call(BaseModel):
    """A call of an endpoint by its name."""

    data: list[Any]


class _Event(_Call):
    """An event of the page: which listener, and what its components hold."""

    session_hash: _Session
    fn_index: _Int
    trigger_id: _Int | None = None
    event_data: Any = None


class _Cancelling(BaseModel):
    session_hash: _Session
    fn_index: _Int
    event_id: _Session


class _Arguments(BaseModel):
    """A call of an endpoint with its arguments by their names."""

    model_config = {"extra": "allow"}


_KINDS: dict[Kind, type[BaseModel]] = {
    "event": _Event, "cancel": _Cancelling, "call": _Call, "call by name": _Arguments,
}  # fmt: skip


class RefusedError(Exception):
    """A request that goes no further.

    Attributes:
        status: Of the answer.
    """

    def __init__(self, status: int, sentence: str) -> None:
        super().__init__(sentence)
        self.status = status


class PlainEvents:
    """The events that a page takes."""

    def __init__(self, listeners: Mapping[int, Sequence[Holds]], endpoints: Mapping[str, Sequence[str]]) -> None:
        """Say what there is.

        Args:
            listeners: For the number of each listener that something here handles, what the values are that it takes.
            endpoints: For the name of each that programs may call, the names of its arguments.
        """
        self._listeners = listeners
        self._endpoints = endpoints

    @classmethod
    def of(cls, page: gr.Blocks) -> PlainEvents:
        """Those of a page."""
        handled = {number: [_holds(each) for each in fn.inputs] for number, fn in page.fns.items() if fn.fn is not None}
        named = page.get_api_info()["named_endpoints"]
        endpoints = {
            name.removeprefix("/"): [str(each["parameter_name"]) for each in endpoint["parameters"]]
            for name, endpoint in named.items()
        }
        return cls(handled, endpoints)

    def read(self, body: bytes, kind: Kind, endpoint: str | None = None) -> tuple[str, bytes]:
        """An event's session ("" for a call of an endpoint, which is one of its own), and its body written anew.

        What Gradio is given is what was checked, and nothing else that the body says.

        Raises:
            RefusedError: the body is no such event, or one that the page has not.
        """
        if endpoint is not None and endpoint not in self._endpoints:
            raise RefusedError(404, f"there is no such endpoint; there are {', '.join(sorted(self._endpoints))}")
        try:
            read = _KINDS[kind].model_validate(json.loads(body, parse_constant=_no_constant))
            self._check(read, endpoint)
            written = json.dumps(read.model_dump(), allow_nan=False, ensure_ascii=False).encode()
            return str(getattr(read, "session_hash", "")), written
        except ValidationError as error:
            raise RefusedError(422, f"only plain values are taken here ({first_problem(error)})") from error
        except (ValueError, RecursionError) as error:
            raise RefusedError(400, "the body is not JSON of plain values") from error

    def _check(self, read: BaseModel, endpoint: str | None) -> None:
        """See that it holds plain values, as many as are taken, and text where a handler counts on it."""
        if isinstance(read, (_Event, _Cancelling)) and read.fn_index not in self._listeners:
            raise RefusedError(404, "the page has no such listener; it may be an older one: load it again")
        if isinstance(read, _Event):
            holds = self._listeners[read.fn_index]
            self._check_count(read.data, len(holds), "values")
            read.data = [
                _held(value, each, f"data.{place}") for place, (value, each) in enumerate(zip(read.data, holds))
            ]
            inner = read.event_data.values() if isinstance(read.event_data, dict) else [read.event_data]
            for value in inner:
                _held(value, "values", "event_data")
        elif isinstance(read, _Call):
            names = self._endpoints[endpoint or ""]
            self._check_count(read.data, len(names), f"values ({', '.join(names)})")
            for place, value in enumerate(read.data):
                _held(value, "values", f"data.{place}")
        elif isinstance(read, _Arguments):
            names, arguments = self._endpoints[endpoint or ""], read.model_extra or {}
            if unknown := set(arguments) - set(names):
                raise RefusedError(422, f"{min(unknown)!r:.80} is no argument; there are {', '.join(names)}")
            for name, value in arguments.items():
                _held(value, "values", name)

    @staticmethod
    def _check_count(data: list[Any], wanted: int, what: str) -> None:
        if len(data) != wanted:
            raise RefusedError(422, f"data: {wanted} {what} are taken here, not {len(data)}")


def _holds(component: Any) -> Holds:
    if isinstance(component, gr.Textbox):
        return "text"
    is_one = isinstance(component, (gr.Radio, gr.Slider, gr.Checkbox))
    return "value" if is_one or (isinstance(component, gr.Dropdown) and not component.multiselect) else "values"


def _held(value: Any, holds: Holds, place: str) -> Any:
    """A value as a component of that kind holds it. The first that is none ends it: there may be a hundred thousand."""
    if holds == "values" and isinstance(value, list):
        is_plain = not any(isinstance(each, (list, dict)) for each in value)
    else:
        is_plain = not isinstance(value, (list, dict))
    if not is_plain:
        raise RefusedError(422, f"{place}: only plain values are taken here{', as text' if holds == 'text' else ''}")
    if holds == "text" and not isinstance(value, str):
        return "" if value is None else str(value)
    return value


def _no_constant(name: str) -> Any:
    raise ValueError(name)
