-- optional: [system.access.workspaces_latest]
-- note: One row per workspace that still exists; a deleted one is absent, so join LEFT and label the rest.
SELECT workspace_id, workspace_name, workspace_url, status
FROM system.access.workspaces_latest
