"""What is published, at a glance: components as they are now, and the pages that show them."""

from core import catalogue_facts
from core.transaction import Transaction
from web.dashboard.pages import Asked, Pages
from web.dashboard.rendering import Page

PAGES = Pages()


@PAGES.get("/publishing")
async def show_publishing(tx: Transaction, asked: Asked) -> Page:
    """Every status page with what it shows, and every component with who shows it."""
    catalogue = await catalogue_facts.of(tx)
    return Page("publishing.html", {"catalogue": catalogue, "public_url": asked.door.public_url})
