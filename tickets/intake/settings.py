"""How much citizens may send in: section [intake] of config.toml."""

from pydantic import Field

from core.settings import Section


class IntakeSettings(Section):
    """Limits of the web form and of material codes."""

    forms_per_address: int = Field(
        30, ge=1, le=10_000, description="Forms begun from one address within an hour; many phones share one address."
    )
    forms_per_phone: int = Field(5, ge=1, le=1000, description="Forms sent with one phone number within a day.")
    least_seconds: int = Field(3, ge=0, le=60, description="A form that comes back faster was not filled by a person.")
    code_hours: int = Field(24, ge=1, le=720, description="Hours for which a material code opens the photo page.")
    code_uses: int = Field(10, ge=1, le=100, description="How often one material code opens the page.")
    codes_per_matter: int = Field(5, ge=1, le=50, description="Material codes sent for one matter within a day.")
