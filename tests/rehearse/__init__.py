"""The rehearsal of a deployment: everything that Databricks Apps does to the app, on this machine."""
