"""How each kind of notice comes about, who is told, and what ends its matter (``tests/test_notices_told.py``)."""
