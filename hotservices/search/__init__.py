"""Finding services by what people type: everyday words, pinyin, initials, a slip of the finger."""
