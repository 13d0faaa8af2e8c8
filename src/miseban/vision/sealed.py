"""What must not leave memory is sealed: no serialiser, copier or printer gets at its values."""

from __future__ import annotations

from typing import NoReturn, SupportsIndex


class Sealed:
    """Base of pixels, feature vectors and single people's attributes (``privacy.md`` rules 1, 6).

    Ways out are closed by type, not by care: pickling (and with it multiprocessing, ``shelve`` and
    ``copy``), conversion to a numpy array, and printing, which names the class and at most a size.
    A subclass keeps its values in slots; a subclass without ``__slots__`` would have a ``__dict__``
    that ``vars`` and some serialisers walk, and is refused.
    """

    __slots__ = ()

    def __init_subclass__(cls) -> None:
        if "__slots__" not in cls.__dict__:
            raise TypeError(f"{cls.__name__}: a sealed class must keep its values in __slots__")

    def __reduce_ex__(self, protocol: SupportsIndex) -> NoReturn:
        raise TypeError(f"{type(self).__name__} is sealed: it cannot be serialised or copied")

    def __reduce__(self) -> NoReturn:
        raise TypeError(f"{type(self).__name__} is sealed: it cannot be serialised or copied")

    def __getstate__(self) -> NoReturn:
        raise TypeError(f"{type(self).__name__} is sealed: it cannot be serialised or copied")

    def __copy__(self) -> NoReturn:
        raise TypeError(f"{type(self).__name__} is sealed: it cannot be copied")

    def __deepcopy__(self, memo: object) -> NoReturn:
        raise TypeError(f"{type(self).__name__} is sealed: it cannot be copied")

    def __array__(self, *_: object, **__: object) -> NoReturn:
        raise TypeError(f"{type(self).__name__} is sealed: it is no array")

    @classmethod
    def __get_pydantic_core_schema__(cls, *_: object) -> NoReturn:
        """No model can have a field of this type, whatever its configuration allows."""
        raise TypeError(f"{cls.__name__} is sealed: it can be in no model")

    def __repr__(self) -> str:
        return f"<{type(self).__name__}>"

    def __str__(self) -> str:
        return repr(self)

    def __format__(self, spec: str) -> str:
        return format(repr(self), spec)
