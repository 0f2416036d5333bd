"""How fast a file is read into papers, and in how much memory: python -m benchmarks.reading FILE..."""

import resource
import sys
import time
from pathlib import Path

from ingest.readers import read


def main(paths: list[str]) -> None:
    print("| file | rows | papers | refused | CPU s | papers per CPU s | peak MB |\n|---|---|---|---|---|---|---|")
    for path in paths:
        start = time.process_time()
        reading = read(Path(path))
        papers = sum(1 for _ in reading.papers)
        took = time.process_time() - start
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
        counts = f"{reading.rows_read:,} | {papers:,} | {reading.refused.total:,}"
        print(f"| {reading.file} | {counts} | {took:.1f} | {papers / took:,.0f} | {peak} |", flush=True)


if __name__ == "__main__":
    main(sys.argv[1:])
