"""A tile: its question, its panel, and how its bodies are worked out and drawn."""
