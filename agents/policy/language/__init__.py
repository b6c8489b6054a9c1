"""How the rules read text: what is compared, what is searched, what counts as a name, a number or a link.

Read in this order: ``invisible`` (characters that do not show), ``tokens`` (whole words and how texts are compared),
``numerals`` and ``amounts`` (numbers), ``alphabet`` (ordinary signs), ``stretches`` (whole parts of the person's text),
``items`` (single things in what was read), ``naming`` (how an instruction names a thing or a reader), ``links`` and
``worded_links`` (what leads elsewhere). Nothing here knows a call, a grant or a task.
"""
