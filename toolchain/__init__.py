"""All that a connected user could delete: finding or building the engine, and plugins that stand in offline."""
