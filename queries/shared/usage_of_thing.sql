-- uses: [usage_chosen]
-- note: >
--   The usage of one thing: of the :kind and :id that usage_rows gives it, in :workspace_id; an id alone says nothing, two
--   workspaces may have the same. A run is its job and itself (job/run). Usage of a principal is what ran as them or
--   is theirs, in every workspace; that of a workspace and of a cost centre (which :cost_centers names) is all of theirs.
--   A job's cluster is billed to the job, so it has no usage of its own.
SELECT *
FROM usage_chosen
WHERE CASE :kind
        WHEN 'workspace' THEN workspace_id = :id
        WHEN 'cost_centre' THEN :cost_centers <> ''
        WHEN 'principal' THEN owner = folded(:id)
        WHEN 'run' THEN workspace_id = :workspace_id AND resource_kind = 'job' AND concat(resource_id, '/', job_run_id) = :id
        ELSE workspace_id = :workspace_id AND resource_kind = :kind AND resource_id = :id END
