"""Mail: a mailbox in a Maildir on disk. Reads, labels, moves and drafts; it cannot send."""
