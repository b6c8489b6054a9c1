"""What the reader of an HTML mail sees: its page as a browser builds it, its styles, and the text that they show."""
