"""The signal by which an engine that started hands a model on to the next one."""

from __future__ import annotations


class Decline(Exception):  # noqa: N818 - not an error: the next engine takes over
    """An engine cannot vouch for its draws of this model.

    Parameters
    ----------
    reason
        Why, in the user's words, as it goes into the result's attributes.
    """

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason
