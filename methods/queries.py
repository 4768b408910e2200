"""Reading methods that answer a part of the data: getObject and getBacklogItems."""
