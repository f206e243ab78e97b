-- optional: [system.access.workspaces_latest]
-- note: >
--   One row per workspace that still exists; a deleted one is absent, so join LEFT and label the rest. Of two rows for one
--   the newest counts: a workspace that stands there twice must not be paid twice.
SELECT workspace_id, workspace_name, workspace_url, status
FROM system.access.workspaces_latest
QUALIFY ROW_NUMBER() OVER (PARTITION BY workspace_id ORDER BY create_time DESC NULLS LAST, workspace_name) = 1
