"""Running the whole portal from one terminal: database, web server, worker, clock, and what happens in it."""
