"""How the games look: a file a game, with `ask` for an answer and `reveal` what was right."""
