"""Moving pictures as files: what PyAV and Pillow write, read and know of them.

It stands beside `media`, because the TensorBoard sink reads videos and writes GIFs, too.
"""
