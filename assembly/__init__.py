"""Everything put together: the settings, the clock, and the whole product built from them once."""
