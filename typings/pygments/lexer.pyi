from collections.abc import Iterator

from pygments.token import TokenType

class Lexer:
    def __init__(self, *, stripnl: bool = True, ensurenl: bool = True) -> None: ...
    def get_tokens(self, text: str) -> Iterator[tuple[TokenType, str]]: ...
