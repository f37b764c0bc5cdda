"""PURE. What somebody's leaving comes to, told to whoever is about to remove them."""

from collections.abc import Sequence

from core.named import Named

_SHOWN = 5


def consequences(named: Named | None) -> list[str]:
    """A sentence for each place that names them (spec section 5); one where none does."""
    if named is None:
        return ["No rotation and no policy names them, and no open incident is theirs."]
    told = []
    if named.on_call_for:
        told.append(f"On call now for {_listed(named.on_call_for)}.")
    if named.alone_in:
        told.append(
            f"Alone in a rotation of {_listed(named.alone_in)}: nobody takes their place there."
        )
    if named.rotations:
        told.append(
            f"In the rotations of {_listed(named.rotations)}: whoever comes next in the order "
            "stands in for them."
        )
    if named.covering:
        told.append(f"Covering for somebody in {_listed(named.covering)}: that counts no more.")
    if named.policies:
        told.append(f"Paged by name in {_listed(named.policies)}: change these policies first.")
    if named.is_last_resort:
        told.append("Named by the last resort: change that first.")
    if named.owns:
        what = (
            "1 open incident: it stays"
            if named.owns == 1
            else (f"{named.owns:,} open incidents: they stay")
        )
        told.append(f"Owns {what} theirs until somebody else takes over.")
    return told


def _listed(names: Sequence[str]) -> str:
    shown = list(names[:_SHOWN])
    if left := len(names) - len(shown):
        shown.append(f"{left:,} more")
    return shown[0] if len(shown) == 1 else f"{', '.join(shown[:-1])} and {shown[-1]}"
