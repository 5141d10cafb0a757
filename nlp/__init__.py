"""Chinese text in, values out: segmentation, topics, places.  No database."""
