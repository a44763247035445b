from collections.abc import Iterable, Iterator
from typing import Any, Generic, Literal, TypeVar

from .exceptions import UnexpectedInput as UnexpectedInput

class Token(str):
    type: str
    value: str
    start_pos: int | None
    end_pos: int | None
    line: int | None
    column: int | None
    def __new__(
        cls,
        type: str,
        value: str,
        start_pos: int | None = None,
        line: int | None = None,
        column: int | None = None,
        end_line: int | None = None,
        end_column: int | None = None,
        end_pos: int | None = None,
    ) -> Token: ...
    def update(self, type: str | None = None, value: str | None = None) -> Token: ...

Leaf = TypeVar("Leaf")

class Tree(Generic[Leaf]):
    data: str
    children: list[Leaf | Tree[Leaf] | None]
    def __init__(self, data: str, children: list[Leaf | Tree[Leaf] | None]) -> None: ...
    def iter_subtrees(self) -> Iterator[Tree[Leaf]]: ...

class Lark:
    def __init__(
        self,
        grammar: str,
        *,
        parser: Literal["lalr", "earley", "cyk"] = ...,
        lexer: Literal["auto", "basic", "contextual", "dynamic"] = ...,
        start: str | list[str] = ...,
        strict: bool = ...,
        maybe_placeholders: bool = ...,
        propagate_positions: bool = ...,
        keep_all_tokens: bool = ...,
        lexer_callbacks: dict[str, Any] = ...,
        postlex: Any = ...,
        transformer: Any = ...,
    ) -> None: ...
    def parse(self, text: str, start: str | None = None) -> Tree[Token]: ...
    def parse_interactive(
        self, text: str | None = None, start: str | None = None
    ) -> InteractiveParser: ...
    def lex(self, text: str, dont_ignore: bool = False) -> Iterator[Token]: ...

class LexerThread:
    def lex(self, parser_state: Any) -> Iterator[Token]: ...

class InteractiveParser:
    parser_state: Any
    lexer_thread: LexerThread
    def feed_token(self, token: Token) -> Any: ...
    def feed_eof(self, last_token: Token | None = None) -> Tree[Token]: ...
    def exhaust_lexer(self) -> list[Token]: ...
    def accepts(self) -> set[str]: ...
    def choices(self) -> dict[str, Any]: ...
    def iter_parse(self) -> Iterable[Token]: ...
