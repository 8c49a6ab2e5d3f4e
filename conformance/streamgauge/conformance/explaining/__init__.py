"""A failure for people: `explain` as words, `timeline` as a drawing, `script` as a program without streamgauge.

`words` puts events and values into words, `known` what the model holds; `drawing` makes text of a time line, which
also knows who did what in a trace. `importing` finds what a program has to import. The lines of a program are those of
`narrate`, who tells the way of the trace and where a right one parts from it, each of them by `acting`; they stand on a
`stage` with its `wiring`, or on the `brief` forms of it.
"""
