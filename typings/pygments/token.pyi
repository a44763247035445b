class TokenType:
    Keyword: TokenType
    Literal: TokenType
    String: TokenType
    Number: TokenType
    Comment: TokenType
    def __contains__(self, value: object) -> bool: ...
    def __hash__(self) -> int: ...

Token: TokenType
