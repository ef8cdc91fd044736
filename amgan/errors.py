"""The package's named errors. Each carries one sentence a user can act on: what was wrong, where, what to do."""

from collections.abc import Sequence


def some_of(names: Sequence[str], most: int = 5, english: bool = False) -> str:
    """The first of some names for a sentence, and that there are more; in an English one also how many."""
    more = (f" and {len(names) - most} more" if english else ", ...") if len(names) > most else ""
    return ", ".join(names[:most]) + more


def one_line(error: BaseException) -> str:
    """What an error says, on one line; its kind if it says nothing."""
    return " ".join(str(error).split()) or type(error).__name__


class AmganError(Exception):
    """Base of every error this package raises on purpose; the command line prints it as one line."""


class ConfigError(AmganError, ValueError):
    """A training or model setting is out of its bounds or does not fit the others."""


class DataError(AmganError, ValueError):
    """A data set cannot be used: not there, no labels, too small, a broken picture."""


class SplitError(DataError):
    """A data set has no split of the name that was asked for."""


class ReleaseError(AmganError, ValueError):
    """A release folder is malformed: a missing file, an unknown key, a tensor that does not fit its config."""


class PublishError(AmganError, RuntimeError):
    """A release could not be published: no such right, no connection, a tag that is taken."""


class ExportError(AmganError, RuntimeError):
    """A model cannot be exported: what that needs is not installed, or the result is not what the model draws."""


class CheckpointError(AmganError, RuntimeError):
    """A training checkpoint cannot be resumed from."""


class TrainingError(AmganError, RuntimeError):
    """Training cannot go on, such as with a loss beyond all bounds or no number any more."""


class DiskError(AmganError, OSError):
    """A disk takes no more of what has to be written: it is full, over a quota, read-only or broken."""


class RequestError(AmganError, ValueError):
    """A call asks for something the model cannot give: an unknown class, a seed out of range, too many pictures."""


class ClassSearchError(AmganError, RuntimeError):
    """A dynamic model drew no picture of the asked class at the asked confidence within the allowed draws.

    Attributes:
        label: Name of the class.
    """

    label: str = ""


class VideoError(AmganError, RuntimeError):
    """A video cannot be made: ffmpeg is not installed, or failed."""


class JudgeError(AmganError, ValueError):
    """A judge cannot say anything of what it is shown: its classes are not those of the data set or the model."""


class UnknownReviewError(AmganError, LookupError):
    """There is no such review, or the key is not the one to its results."""


class ReviewClosedError(AmganError, RuntimeError):
    """A review takes no more votes."""


class UnknownProjectError(AmganError, LookupError):
    """There is no such project, or no such thing in it."""


class RevisionAwayError(RequestError):
    """A revision is not here, and nobody can say whether it is to be had: the Hub gives no answer now."""


class ReviewsStartingError(AmganError, LookupError):
    """A review is not known yet, because what was stored elsewhere is still being read back."""


class ReviewsAwayError(ConfigError):
    """The file of reviews cannot be read or written any more, such as on a full disk."""


class JobsAwayError(ConfigError):
    """The database of jobs cannot be read or written now."""


class AtWorkError(RequestError):
    """Another run is at work in a folder."""


class PictureAwayError(AmganError, RuntimeError):
    """A picture of a review cannot be drawn now, but perhaps later: its model is away, or could not be fetched."""


class PictureGoneError(AmganError, LookupError):
    """A picture of a review cannot be drawn any more: its model is gone or broken, or has no such class now."""


class BusyError(AmganError, RuntimeError):
    """So much is waiting already that a call is refused; it may come again later.

    Attributes:
        retry_after: Seconds after which there should be room, None if that is not known.
    """

    def __init__(self, problem: object, retry_after: float | None = None) -> None:
        super().__init__(problem)
        self.retry_after = retry_after
