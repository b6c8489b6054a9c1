"""A mailbox on a server that speaks IMAP."""
