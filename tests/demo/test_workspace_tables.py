"""Settings, privileges and tags that change in the emulated workspace change in the lakehouse's tables, exactly typed."""

from __future__ import annotations

import pytest

from demo.names import EUROPE, PROD
from demo.workspace.people import APP
from queries.schema import tables
from tests.demo.workspace import Beside, home_warehouse, set_autostop
from warehouse.dialect import duckdb_type

pytestmark = pytest.mark.parametrize("lakehouse", [0.1], ids=["small"], indirect=True)


def test_a_setting_is_a_new_version_and_an_event(beside: Beside) -> None:
    target = home_warehouse(beside)
    set_autostop(beside.served.client(), target, 25)
    versions = beside.rows(
        f"SELECT * FROM system.compute.warehouses WHERE warehouse_id = '{target}' ORDER BY change_time"
    )
    before, after = versions[-2], versions[-1]
    assert after["auto_stop_minutes"] == 25
    assert after["change_time"] == beside.served.clock.now
    unchanged = [name for name in before if name not in ("auto_stop_minutes", "change_time")]
    assert {n: after[n] for n in unchanged} == {n: before[n] for n in unchanged}
    events = beside.rows("SELECT * FROM system.access.audit WHERE user_agent = 'databricks-sdk-py'")
    assert [(e["service_name"], e["action_name"], e["user_identity"]["email"], e["workspace_id"]) for e in events] == [
        ("databrickssql", "editEndpoint", APP, PROD)
    ]
    assert dict(events[0]["request_params"])["auto_stop_mins"] == "25"
    assert events[0]["event_time"] == beside.served.clock.now


def test_a_cluster_keeps_everything_but_what_was_changed(beside: Beside) -> None:
    from databricks.sdk.service.compute import UpdateClusterResource

    known = beside.rows(
        "SELECT cluster_id FROM system.compute.clusters WHERE cluster_source = 'UI' AND delete_time IS NULL "
        f"AND workspace_id = '{PROD}' AND worker_instance_pool_id IS NULL AND NOT init_scripts[0] IS NOT NULL "
        "ORDER BY cluster_id"
    )
    target = next(row["cluster_id"] for row in known if row["cluster_id"] in beside.served.state.objects["clusters"])
    beside.served.client().clusters.update(
        target, "autotermination_minutes", cluster=UpdateClusterResource(autotermination_minutes=15)
    )
    versions = beside.rows(f"SELECT * FROM system.compute.clusters WHERE cluster_id = '{target}' ORDER BY change_time")
    before, after = versions[-2], versions[-1]
    assert after["auto_termination_minutes"] == 15
    changed = {name for name in before if before[name] != after[name]}
    assert changed == {"auto_termination_minutes", "change_time", "change_date"}


def test_a_paused_job_is_paused_in_its_newest_version(beside: Beside) -> None:
    from databricks.sdk.service.jobs import JobSettings, PauseStatus

    world, client = beside.served.world, beside.served.client()
    job = world.jobs[(world.jobs.workspace_id == PROD) & (world.jobs.position > 20) & world.jobs.paused_at.isna()].iloc[
        0
    ]
    schedule = client.jobs.get(int(job.job_id)).settings.schedule
    schedule.pause_status = PauseStatus.PAUSED
    client.jobs.update(int(job.job_id), new_settings=JobSettings(schedule=schedule))
    versions = beside.rows(
        f"SELECT * FROM system.lakeflow.jobs WHERE job_id = '{job.job_id}' AND workspace_id = '{PROD}' "
        "ORDER BY change_time"
    )
    before, after = versions[-2], versions[-1]
    assert (after["paused"], after["change_time"]) == (True, beside.served.clock.now)
    same = ("name", "tags", "run_as", "creator_id", "description", "job_id")
    assert {n: after[n] for n in same} == {n: before[n] for n in same}
    assert after["trigger"]["schedule"]["quartz_cron_expression"] == schedule.quartz_cron_expression


def privileges(one: Beside, table: str) -> set[tuple[str, str, str]]:
    found = one.rows(
        "SELECT grantee, privilege_type, inherited_from FROM system.information_schema.table_privileges "
        f"WHERE concat_ws('.', table_catalog, table_schema, table_name) = '{table}'"
    )
    return {(row["grantee"], row["privilege_type"], row["inherited_from"]) for row in found}


def test_a_revoked_privilege_vanishes_and_comes_again(beside: Beside) -> None:
    from databricks.sdk.service.catalog import PermissionsChange, Privilege

    found = beside.rows(
        "SELECT concat_ws('.', table_catalog, table_schema, table_name) AS t, grantee FROM "
        "system.information_schema.table_privileges WHERE inherited_from = 'NONE' AND "
        "privilege_type = 'SELECT' ORDER BY t, grantee LIMIT 1"
    )[0]
    table, person, client = found["t"], found["grantee"], beside.served.client()
    before = privileges(beside, table)

    def change(**delta: list[Privilege]) -> None:
        client.grants.update("table", table, changes=[PermissionsChange(principal=person, **delta)])

    change(remove=[Privilege.SELECT])
    assert privileges(beside, table) == before - {(person, "SELECT", "NONE")}
    change(add=[Privilege.SELECT, Privilege.MODIFY])
    assert privileges(beside, table) == before | {(person, "MODIFY", "NONE")}
    events = beside.rows("SELECT * FROM system.access.audit WHERE user_agent = 'databricks-sdk-py' ORDER BY event_time")
    assert {(e["action_name"], e["audit_level"], e["workspace_id"]) for e in events} == {
        ("updatePermissions", "ACCOUNT_LEVEL", "0")
    }
    assert '"remove": ["SELECT"]' in dict(events[0]["request_params"])["changes"]


def test_what_is_granted_on_a_schema_reaches_its_tables(beside: Beside) -> None:
    from databricks.sdk.service.catalog import PermissionsChange, Privilege

    world, client = beside.served.world, beside.served.client()
    own = world.tables[(world.tables.table_schema == "risk_gold") & (world.tables.table_catalog == "main")]
    table = str(own.full_name.iloc[0])

    def change(**delta: list[Privilege]) -> None:
        client.grants.update("schema", "main.risk_gold", changes=[PermissionsChange(principal="team-risk", **delta)])

    before = privileges(beside, table)
    assert ("team-risk", "SELECT", "SCHEMA") in before
    change(remove=[Privilege.SELECT])
    assert privileges(beside, table) == before - {("team-risk", "SELECT", "SCHEMA")}
    left = beside.rows(
        "SELECT privilege_type FROM system.information_schema.schema_privileges WHERE schema_name = 'risk_gold' "
        "AND catalog_name = 'main' AND grantee = 'team-risk'"
    )
    assert [row["privilege_type"] for row in left] == ["USE_SCHEMA"]
    change(add=[Privilege.SELECT])
    assert privileges(beside, table) == before


def test_tags_come_change_and_go(beside: Beside) -> None:
    from databricks.sdk.service.catalog import EntityTagAssignment

    table, api = str(beside.served.world.tables.full_name[0]), beside.served.client().entity_tag_assignments
    catalog, schema, name = table.split(".")

    def tags() -> dict[str, str]:
        found = beside.rows(
            f"SELECT tag_name, tag_value FROM system.information_schema.table_tags WHERE "
            f"catalog_name = '{catalog}' AND schema_name = '{schema}' AND table_name = '{name}'"
        )
        return {row["tag_name"]: row["tag_value"] for row in found}

    before = tags()
    assert before == beside.served.state.objects["tags"].get(f"table {table}", {})
    mine = EntityTagAssignment(entity_type="tables", entity_name=table, tag_key="tier", tag_value="1")
    api.create(mine)
    assert tags() == before | {"tier": "1"}
    mine.tag_value = "2"
    api.update("tables", table, "tier", mine, "tag_value")
    assert tags() == before | {"tier": "2"}
    api.delete("tables", table, "tier")
    assert tags() == before


def test_the_other_region_is_not_in_regional_tables(beside: Beside) -> None:
    frame = beside.served.world.warehouses
    target = str(frame[frame.workspace_id == EUROPE].warehouse_id.iloc[0])
    set_autostop(beside.served.client(place=EUROPE), target, 45)
    assert beside.rows(f"SELECT * FROM system.compute.warehouses WHERE warehouse_id = '{target}'") == []
    assert len(beside.rows("SELECT * FROM system.access.audit WHERE user_agent = 'databricks-sdk-py'")) == 1


def test_types_are_those_of_the_catalogue(beside: Beside) -> None:
    client = beside.served.client()
    set_autostop(client, home_warehouse(beside), 25)
    client.warehouses.stop(home_warehouse(beside, 1))
    client.warehouses.start(home_warehouse(beside, 1))
    job = beside.served.world.jobs[beside.served.world.jobs.workspace_id == PROD].job_id.iloc[12]
    client.jobs.run_now(int(job))
    beside.served.clock.forward(7200)
    changed = beside.tables.write()
    assert changed >= {
        "system.access.audit",
        "system.billing.usage",
        "system.compute.warehouses",
        "system.lakeflow.job_run_timeline",
    }
    for name in changed:
        beside.rows(f"SELECT 1 FROM {name} LIMIT 1")
        described = beside.lakehouse._connection.cursor().sql(f'DESCRIBE memory.beside."{name}"').fetchall()
        expected = {column: duckdb_type(kind) for column, kind in tables()[name].columns.items()}
        cursor = beside.lakehouse._connection.cursor()
        for column, kind, *_ in described:
            assert cursor.sql(f"SELECT typeof(CAST(NULL AS {expected.pop(column)}))").fetchall() == [(kind,)]
        assert expected == {}


def test_a_policy_on_tags_comes_and_goes(beside: Beside) -> None:
    from databricks.sdk.service.catalog import ColumnMaskOptions, MatchColumn, PolicyInfo, PolicyType, SecurableType

    table, api = str(beside.served.world.tables.full_name[10]), beside.served.client().policies

    def known() -> list[tuple[str, str, str, str]]:
        rows = beside.rows("SELECT * FROM system.information_schema.abac_policy_definitions")
        return [
            (
                row["policy_name"],
                row["policy_type"],
                f"{row['catalog_name']}.{row['schema_name']}.{row['securable_name']}",
                row["created_by"],
            )
            for row in rows
        ]

    assert known() == []
    api.create_policy(
        PolicyInfo(
            name="hide",
            on_securable_type=SecurableType.TABLE,
            on_securable_fullname=table,
            for_securable_type=SecurableType.TABLE,
            policy_type=PolicyType.POLICY_TYPE_COLUMN_MASK,
            to_principals=["account users"],
            match_columns=[MatchColumn(alias="c", condition="has_tag('class.email_address')")],
            column_mask=ColumnMaskOptions(function_name="main.risk_gold.mask_contact", on_column="c"),
        )
    )
    assert known() == [("hide", "COLUMN_MASK", table, APP)]
    api.delete_policy("TABLE", table, "hide")
    assert known() == []
    events = beside.rows("SELECT * FROM system.access.audit WHERE user_agent = 'databricks-sdk-py' ORDER BY event_time")
    assert [(one["service_name"], one["action_name"]) for one in events] == [
        ("unityCatalog", "createPolicy"),
        ("unityCatalog", "deletePolicy"),
    ]
    assert dict(events[0]["request_params"])["policy_name"] == "hide"


def test_a_tag_of_a_pipeline_is_in_its_newest_version(beside: Beside) -> None:
    world, client = beside.served.world, beside.served.client()
    chosen = world.pipelines[world.pipelines.workspace_id == PROD].iloc[0]
    spec = client.pipelines.get(chosen.pipeline_id).spec.as_dict()
    body = spec | {"tags": {**spec.get("tags", {}), "cost_center": "cc-1"}}
    client.api_client.do("PUT", f"/api/2.0/pipelines/{chosen.pipeline_id}", body=body)
    versions = beside.rows(
        f"SELECT * FROM system.lakeflow.pipelines WHERE pipeline_id = '{chosen.pipeline_id}' ORDER BY change_time"
    )
    assert dict(versions[-1]["tags"]) == {**dict(chosen.tags), "cost_center": "cc-1"}
    assert versions[-1]["change_time"] == beside.served.clock.now
