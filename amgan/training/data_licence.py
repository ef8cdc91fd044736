"""The licence of the pictures: what the trainer says, or the card of a data set of the Hub; never a guess."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from huggingface_hub import HfApi

from amgan.hub.card_metrics import HUB_ID
from amgan.training.config import MAX_LICENCE

ANSWER_SECONDS = 10.0


@dataclass(frozen=True)
class DataLicence:
    """A licence and who says so.

    Attributes:
        name: Its name, as "mit".
        said_by: "trainer", or "hub" for the data set's own card there.
    """

    name: str
    said_by: Literal["trainer", "hub"]


def hub_id_of(source: str) -> str | None:
    """The data set's id if it came from the Hub, None for a local one."""
    return source if HUB_ID.fullmatch(source) and not Path(source).exists() else None


def find_data_licence(source: str, given: str | None) -> DataLicence | None:
    """The licence of a data set.

    Args:
        source: The path or Hub id that the pictures came from.
        given: What the trainer says; it counts before all else.

    Returns:
        None if nobody says, or the Hub does not answer within seconds.
    """
    if given is not None:
        return DataLicence(" ".join(given.split()), "trainer")
    data_id = hub_id_of(source)
    if data_id is None:
        return None
    try:
        card = HfApi().dataset_info(data_id, timeout=ANSWER_SECONDS).card_data
    except Exception:  # the pictures may come from the cache; what cannot be asked is not known
        return None
    found = card.get("license") if card is not None else None
    names = [name.strip() for name in (found if isinstance(found, list) else [found]) if isinstance(name, str)]
    text = ", ".join(name for name in names if name and name not in ("unknown", "other"))
    return DataLicence(text, "hub") if 0 < len(text) <= MAX_LICENCE else None
