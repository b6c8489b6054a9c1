"""Ready-made agents: what one needs, what is there and what lacks; setting one up with all its requests at once."""
