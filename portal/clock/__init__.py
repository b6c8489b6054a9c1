"""The clock: what runs by itself, and when. Any number of clocks share one table, and each moment is one clock's."""
