"""How fast medialog is, beside its peers and beside the physical floor.

    python -m benchmarks [--only images224,hist] [--rounds 5] [--steps N] [--json FILE]

Every (workload, contender, round) is a fresh process; rounds are interleaved (A B C A B C), ratios
are formed within a round, then their median and range over the rounds are shown. Decide by the CPU
figures and the ratios: on a machine that does other work, wall clocks only rank.

    workloads/   what is logged: one file each, and the table of all
    contenders/  who logs it: one file each, and the table of all
    measure.py   what one process measures        child.py   one process
    runner.py    the interleaved processes        stats.py   ratios, medians, ranges
    goals.py     what is to be reached            report.py  what is printed
"""
