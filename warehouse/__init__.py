"""Where it is asked: a Databricks SQL warehouse or the embedded lakehouse, behind one interface and one cache."""
