"""The core store, format 1: tar packs for bytes, JSON lines for rows, sealed to Parquet later.

Read `writer.py`, then `layout.py` to see how a record reaches the disk; `reader.py` is the way
back; `seal.py` turns finished segments into Parquet. The text is docs/format.md.
"""
