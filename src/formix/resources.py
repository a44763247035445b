"""Where the files that travel with the package lie: `grammar/` and `data/`."""

from __future__ import annotations

from pathlib import Path

_PACKAGE = Path(__file__).parent


def resource(folder: str, name: str) -> Path:
    """Return the path of a file of `grammar` or `data`.

    In a wheel both folders lie inside the package; in a checkout, at the top of the repository.
    """
    inside = _PACKAGE / folder / name
    return inside if inside.exists() else _PACKAGE.parent.parent / folder / name
