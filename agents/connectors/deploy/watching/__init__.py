"""How a service does before and after a deployment: measured, compared by plain rules, and what follows from it."""
