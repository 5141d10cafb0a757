"""What SMS cost, by provider and month."""

from aiohttp import web as http

from sms.costs import ProviderMonth, provider_months
from sms.office import SmsOffice
from sms.settings import ProviderName
from staff.rules import Role
from web.api import Api, Query, Request, View
from web.list_exports import FILES, whole
from web.list_files import Columns, send_list
from web.sheets import Kind

api = Api()
READERS = (Role.SUPERVISOR, Role.ADMINISTRATOR)
PROVIDERS = {
    ProviderName.CONSOLE: "模拟通道", ProviderName.TWILIO: "Twilio", ProviderName.TENCENT: "腾讯云",
    ProviderName.ALIYUN: "阿里云", ProviderName.SMPP: "SMPP", ProviderName.CMPP: "CMPP",
}  # fmt: skip


class ProviderMonthView(View):
    """`cost_li` in 厘, by the price at hand-over; what was `failed` costs nothing, what is `unknown` is not in it."""

    month: str
    provider: ProviderName
    messages: int
    parts: int
    cost_li: int
    failed: int
    unknown: int


class Costs(View):
    """Twelve months, newest first, and the order in which providers are tried now."""

    rows: list[ProviderMonthView]
    order: list[ProviderName]


class CostsFile(Query):
    kind: Kind = Kind.XLSX


COSTS: Columns[ProviderMonthView] = Columns(
    "sms-costs",
    "短信费用",
    {
        "月份": lambda row: row.month,
        "通道": lambda row: PROVIDERS[row.provider],
        "已接收短信": lambda row: row.messages,
        "计费条数": lambda row: row.parts,
        "费用（元）": lambda row: f"{row.cost_li / 1000:.2f}",
        "未接收": lambda row: row.failed,
        "结果未知": lambda row: row.unknown,
    },
)


@api.get("/sms/costs", role=READERS)
async def show_costs(request: Request) -> Costs:
    """By provider and month."""
    found = await request.read(provider_months, now=request.now, view=_shown)
    return Costs(rows=found, order=list(request.service(SmsOffice).settings.providers))


@api.get("/sms/costs/export", role=READERS, also=(409,), files=FILES)
async def export_costs(request: Request, query: CostsFile) -> http.StreamResponse:
    """Send the costs as a file."""

    async def rows() -> list[ProviderMonthView]:
        costs: Costs = await show_costs(request)
        return costs.rows

    return await send_list(request, COSTS, query.kind, whole(rows))


def _shown(found: list[ProviderMonth]) -> list[ProviderMonthView]:
    return [ProviderMonthView.model_validate(one) for one in found]
