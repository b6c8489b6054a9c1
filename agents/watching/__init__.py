"""Tasks that wait for something under way elsewhere: code looks at it, and a task goes on only when it has ended."""
