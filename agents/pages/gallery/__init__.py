"""Pages of ready-made agents: all of them, setting one up, requesting what one lacks."""
