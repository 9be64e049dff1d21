"""How quickly a trained model answers: everybody's lists, a new visitor, and its own evaluation."""

from __future__ import annotations

from benchmarks.goals import Goal
from benchmarks.process import in_new_process
from benchmarks.section import Section

LARGE = (138_493, 26_744, 40, 20_000_000)
TEXT = (
    "Each part in a process of its own, on numpy alone. MovieLens 1M: mf_bias, dim 40, as `reco train` keeps it; its "
    "lists are timed as the whole command `reco recommend RUN --all -k 10 --out FILE.parquet` and as the work within "
    "it. A new visitor: 15 ratings folded in and the ten best unrated items, median and 95th percentile of 200. "
    f"Evaluation: every figure of `reco evaluate` on a tenth of the rows. Large: factors of {LARGE[0]:,} users and "
    f"{LARGE[1]:,} items, dim {LARGE[2]}, and {LARGE[3]:,} rated pairs to leave out, all generated; ten best items of "
    "every user; CPU seconds of the lists alone, peak memory of the whole process with the generated data."
)
COLUMNS = ["what", "measured", "seconds", "CPU s", "peak MB"]


def run() -> Section:
    """ML-1M where it is, then the generated large case."""
    notes, small = [], {}
    try:
        small = in_new_process("benchmarks.serving_work", "ml1m")
    except RuntimeError as error:
        notes.append(f"**MovieLens 1M is missing: {str(error).strip().splitlines()[-1]}**")
        print(notes[-1], flush=True)
    large = in_new_process("benchmarks.serving_work", "large", *map(str, LARGE))
    print(small, large, flush=True)
    rows = [
        ["lists of 6,040 users, the whole command", "ML-1M", _seconds(small, "command"), "", ""],
        ["lists of 6,040 users, the work", "ML-1M", _seconds(small, "lists"), "", ""],
        ["fold in 15 ratings, top 10: median", "ML-1M", _seconds(small, "fold_median"), "", ""],
        ["fold in 15 ratings, top 10: p95", "ML-1M", _seconds(small, "fold_p95"), "", ""],
        ["evaluation of 100,021 test rows", "ML-1M", _seconds(small, "evaluation"), "", ""],
        [
            "lists of 138,493 users",
            "large",
            f"{large['seconds']:.1f}",
            f"{large['cpu']:.1f}",
            f"{large['peak_mb']:.0f}",
        ],
    ]
    return Section("Serving", TEXT, COLUMNS, rows, goals(small, large), notes)


def goals(small: dict[str, float], large: dict[str, float]) -> list[Goal]:
    """What is to be reached, with what was."""
    why = "" if small else "MovieLens 1M is not here."
    fold = small.get("fold_p95")
    part = "Starting Python and reading the run and its dataset take {:.1f} s of it."
    started = part.format(small["command"] - small["lists"]) if small.get("command") else why or small.get("why", "")
    return [
        Goal("lists of ML-1M, the whole command", 2, small.get("command"), "s", why=started),
        Goal("lists of ML-1M, the work", 2, small.get("lists"), "s", why=why),
        Goal("fold-in and top 10, p95", 50, None if fold is None else fold * 1e3, "ms", 1, why=why),
        Goal("evaluation of ML-1M", 5, small.get("evaluation"), "s", why=why),
        Goal("lists of the large case, CPU", 40, large["cpu"], "s", 1),
        Goal("lists of the large case, peak memory", 1.5, large["peak_mb"] / 1024, "GB"),
    ]


def _seconds(found: dict[str, float], name: str) -> str:
    value = found.get(name)
    return "" if value is None else f"{value:.4f}" if value < 0.1 else f"{value:.2f}"
