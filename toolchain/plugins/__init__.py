"""The plugins that stand in where the ordinary ones can not be had: previews and tests only."""
