"""What the data is: object types, enumerations, includeProperties and rendering; nothing of HTTP or SQL."""
