"""Worlds: a loop, and what is around it. A world knows transports, and no rules of streams.

- `world`: what a player asks of a world, and what a world tells its player.
- `loop`: an event loop in virtual time.
- `hand`: a bare reader, fed by hand.
- `network`: connections in virtual time, made of `wire`, the simulated transport.
"""
