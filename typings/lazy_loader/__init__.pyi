from collections.abc import Callable
from typing import Any

def attach_stub(
    package_name: str, filename: str
) -> tuple[Callable[[str], Any], Callable[[], list[str]], list[str]]: ...
def load(fullname: str, *, require: str | None = None, error_on_import: bool = False) -> Any: ...
