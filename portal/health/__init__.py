"""For machines that watch the portal: does this process live, is everything there that it needs, and the figures."""
