from . import Token

class LarkError(Exception): ...

class UnexpectedInput(LarkError):
    line: int
    column: int
    pos_in_stream: int

class UnexpectedToken(UnexpectedInput):
    token: Token
    expected: set[str]
    accepts: set[str] | None

class UnexpectedCharacters(UnexpectedInput):
    char: str
    allowed: set[str] | None

class UnexpectedEOF(UnexpectedInput):
    expected: list[str]
