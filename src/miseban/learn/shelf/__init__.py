"""How full shelves look: drawn walls of goods with truth become the weights that judge facings."""
