"""Sound as files and as pictures, without any media class: media and sinks share it.

A sound is read and written in blocks of frames, arrays of N×C, so that memory does not grow with
its length. Their numbers are int16, int32 (24 bits stand in the upper 24), float32 or float64;
full scale is the type's own, for floats 1.
"""
