"""A run's media as plain files, WebDataset shards or Parquet, byte for byte what the store holds.

`run.py` is the way in; `parts.py` says what becomes of one media value, `names.py` what it is
called, and `files.py`, `shards.py` and `datasets.py` put it somewhere.
"""
