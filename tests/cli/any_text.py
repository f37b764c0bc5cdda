"""Any name and any description, above all those that YAML means something by."""

from hypothesis import strategies as st

names = st.one_of(
    st.sampled_from(
        ["Payments", "yes", "null", "~", "1e3", "09:00", "- a", "a: b", " lead", "trail ", "#a",
         "{a}", "[b", "it's", 'say "so"', "\\n", "🚒 é漢", "a\u2028b", "\ufeffx", "*x", "&y", "!z",
         "%d", "@me", "`q`", "| a", "> b", "? c", "x" * 255, "\u00a0nbsp\u00a0", "a\u202eb"]
    ),
    st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), min_size=1,
            max_size=30),
)  # fmt: skip
descriptions = st.none() | st.lists(names, min_size=1, max_size=4).map("\n".join)
