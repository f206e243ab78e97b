"""How words, numbers, names and colours are said."""
