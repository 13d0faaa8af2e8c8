"""``python -m miseban`` is ``miseban``, also where no command of that name was installed."""

from miseban.cli.app import main

if __name__ == "__main__":
    main()
