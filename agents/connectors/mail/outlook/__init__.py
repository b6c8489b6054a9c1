"""What Outlook writes in its own forms: winmail.dat (TNEF), .msg files, and the rich text in both."""
