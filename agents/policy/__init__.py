"""The decision point: frozen facts in, a decision with reasons out. Standard library only, no I/O.

Read it in this order, top down:

- ``decide``: forbid beats ask beats permit. ``explain``: what the person who answers an ask is shown.
- ``rules``: what forbids a call. ``asking``: when a person is asked.
- ``value_origins``, ``text_origins``: where one value, and the words, of a call come from.
- ``answers``: what of an answer goes back to whoever wrote it.
- ``evaluation``: one call as the rules look at it, made once and handed down.
- ``facts``: what the rules look at. ``reasons``: every code with its sentence.
- ``provenance``: what a task has read so far, from its ``results``; ``mixing``: into which things it put that.
- ``limits``, ``origin``, ``declarations``, ``values``: what a grant lets through, and the data of all the above.
- ``language``: how texts are compared and searched.

A module imports only those below it: import contracts hold that.
"""
