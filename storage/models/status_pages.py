"""What customers read: components and how they have been, and the pages that select them."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from storage.columns import Base, Identified, words
from storage.limits import COMPONENT_NAME_MAX, GROUP_LABEL_MAX, PAGE_TITLE_MAX, SLUG_MAX
from storage.vocabulary import ComponentStatus


class Component(Identified, Base):
    """A part of the product that customers know by name (spec section 8)."""

    __tablename__ = "components"
    __table_args__ = (
        UniqueConstraint("organization_id", "name"),
        CheckConstraint(f"length(name) BETWEEN 1 AND {COMPONENT_NAME_MAX}", name="name_length"),
    )

    organization_id: Mapped[UUID] = mapped_column(ForeignKey("organizations.id"))
    name: Mapped[str] = mapped_column(String(COMPONENT_NAME_MAX))
    description: Mapped[str | None] = mapped_column(Text)
    group_label: Mapped[str | None] = mapped_column(String(GROUP_LABEL_MAX))
    status_override: Mapped[ComponentStatus | None] = mapped_column(
        words(ComponentStatus, "status_override")
    )
    """What an admin says it is, whatever the incidents say."""
    status: Mapped[ComponentStatus] = mapped_column(
        words(ComponentStatus, "status"), default=ComponentStatus.OPERATIONAL
    )
    """What it is now: the override, else the worst open incident. Kept, so that it is not reckoned
    for every reader."""
    created_at: Mapped[datetime]


class ComponentState(Base):
    """How a component was from an instant on, until its next state began."""

    __tablename__ = "component_states"

    component_id: Mapped[UUID] = mapped_column(
        ForeignKey("components.id", ondelete="CASCADE"), primary_key=True
    )
    began_at: Mapped[datetime] = mapped_column(primary_key=True)
    status: Mapped[ComponentStatus] = mapped_column(words(ComponentStatus, "status"))


class StatusPage(Identified, Base):
    """A page that customers read, once it is published."""

    __tablename__ = "status_pages"
    __table_args__ = (
        UniqueConstraint("slug"),
        CheckConstraint(f"length(title) BETWEEN 1 AND {PAGE_TITLE_MAX}", name="title_length"),
        Index("ix_status_pages_organization_id", "organization_id"),
    )

    organization_id: Mapped[UUID] = mapped_column(ForeignKey("organizations.id"))
    slug: Mapped[str] = mapped_column(String(SLUG_MAX))
    """Its place in the address, so no two pages of any organizations share one."""
    title: Mapped[str] = mapped_column(String(PAGE_TITLE_MAX))
    published: Mapped[bool] = mapped_column(default=False)
    created_at: Mapped[datetime]
    changed_at: Mapped[datetime]
    """When something that it shows last changed."""
    version: Mapped[int] = mapped_column(default=1)
    """Grows with every change of what it shows: what was rendered before is out of date."""

    components: Mapped[list["StatusPageComponent"]] = relationship(
        order_by="StatusPageComponent.position", cascade="all, delete-orphan", lazy="raise"
    )


class StatusPageComponent(Base):
    """A component that a page selects, and its place there."""

    __tablename__ = "status_page_components"
    __table_args__ = (
        UniqueConstraint("page_id", "component_id"),
        Index("ix_status_page_components_component_id", "component_id"),
    )

    page_id: Mapped[UUID] = mapped_column(
        ForeignKey("status_pages.id", ondelete="CASCADE"), primary_key=True
    )
    position: Mapped[int] = mapped_column(primary_key=True)
    component_id: Mapped[UUID] = mapped_column(ForeignKey("components.id"))


class IncidentComponent(Base):
    """A component that an incident affects, under the name it has or had."""

    __tablename__ = "incident_components"
    __table_args__ = (
        UniqueConstraint("incident_id", "component_id"),
        Index("ix_incident_components_component_id", "component_id"),
    )

    incident_id: Mapped[UUID] = mapped_column(ForeignKey("incidents.id"), primary_key=True)
    position: Mapped[int] = mapped_column(primary_key=True)
    component_id: Mapped[UUID]
    """No foreign key: a resolved incident keeps what it affected, when that is long gone."""
    name: Mapped[str] = mapped_column(String(COMPONENT_NAME_MAX))
    """Follows the component's while the incident is open, and stays when it is resolved."""
