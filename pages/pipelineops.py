"""PipelineOps: did the pipelines run, on time, at what cost."""

from components.page import begin
from components.panels.spend import per_day
from components.show import show
from components.tile import Tile

page = begin("PipelineOps")
spend = page.ask("finops.spend_by_day")
show(
    [[Tile("pipelines-spend", "Spend per day", "What pipelines are part of.", [spend], per_day, owner="FinOps")]],
    page.reader,
    page.look,
    page.now,
    "pipelineops",
)
