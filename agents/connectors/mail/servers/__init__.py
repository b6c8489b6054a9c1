"""Mail servers: a mailbox by IMAP, and mail that leaves by SMTP."""
