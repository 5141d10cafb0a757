"""What imports announce."""

from dataclasses import dataclass

from core.events import Event


@dataclass(frozen=True)
class CatalogueChanged(Event):
    """For live pages: an import has gone on; None: somebody has changed a line or a legal basis."""

    import_id: int | None
