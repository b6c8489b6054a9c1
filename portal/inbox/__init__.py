"""Pages of what people were told, and of what they want sent."""
