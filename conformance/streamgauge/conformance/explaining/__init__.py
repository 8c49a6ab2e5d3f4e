"""A failure for people: `explain` as words, `timeline` as a drawing, `script` as a program without streamgauge.

`words` puts events and values into words, `known` what the model holds; `drawing` makes text of a time line. A program
is what `narrate` tells of the steps and of what was `noted` of each, on a `stage`, with the `wiring` of a network;
`steps` says who did what in a trace.
"""
