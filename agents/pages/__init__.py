"""What a browser sees of agents: one folder of views, forms and urls for each noun. None imports another."""
