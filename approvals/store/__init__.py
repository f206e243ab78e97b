"""The database: tables, migrations, transactions, and how an app signs in to it."""
