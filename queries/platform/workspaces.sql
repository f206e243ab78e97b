-- question: >
--   Which workspaces are there, and where?
-- params: {}
-- grain: [workspace_id]
-- columns:
--   workspace_id: text
--   workspace_name: text
--   workspace_url: text
--   status: text
-- things: {workspace_name: workspace}
-- ttl: 12h
-- note: >
--   Account-wide; a deleted workspace is absent although billing still names it.
SELECT workspace_id, workspace_name, workspace_url, status
FROM system.access.workspaces_latest
ORDER BY workspace_name, workspace_id
