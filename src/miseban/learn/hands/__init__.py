"""What goods look like that are taken or put back: drawn shelves with truth become weights."""
