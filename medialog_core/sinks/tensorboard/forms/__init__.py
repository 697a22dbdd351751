"""What TensorBoard shows of each kind of media; `summaries.py` is the table of them."""
