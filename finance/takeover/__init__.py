"""Taking over a bicycle maker from plain business files, through the services (``import_adventureworks``)."""
