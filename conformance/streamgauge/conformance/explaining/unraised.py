"""The shortest form of what says an exception in `stage`, for programs in which none is expected."""

from __future__ import annotations

described = repr
