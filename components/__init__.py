"""How it is drawn: tiles, figures, filters, formats. Knows frames, never SQL."""
