"""One process: measure one contender at one workload and write what was found as JSON.

python -m benchmarks.child WORKLOAD LABEL DIRECTORY SHAPE OUT      (SHAPE is JSON)
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

from .workloads import WORKLOADS, Shape


def main(workload: str, label: str, directory: str, shape: str, out: str) -> None:
    """Measure."""
    measures = WORKLOADS[workload].run(label, Path(directory), Shape(**json.loads(shape)))
    Path(out).write_text(json.dumps(measures), encoding="utf-8")


if __name__ == "__main__":
    main(*sys.argv[1:])
