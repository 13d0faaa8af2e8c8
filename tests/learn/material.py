"""Which shops the tests of this folder draw."""

drawn_shops = range(2)
