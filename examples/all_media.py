"""Log every media type, while a small network learns handwritten digits.

    python -m examples.all_media all_media_out 5
    medialog show all_media_out
    tensorboard --logdir all_media_out --samples_per_plugin images=1000,audio=100,text=100

Pictures and digits come with scikit-image and scikit-learn; nothing is downloaded.
"""

from __future__ import annotations

import argparse
from pathlib import Path

import numpy as np
from sklearn.decomposition import PCA

import medialog_core as medialog
from examples import real_media
from examples.digit_training import CLASSES, Seen, Training
from examples.written_media import Media, charts, digit, documents, tables


def main(out: Path, steps: int) -> Path:
    """Train and log; give the run's directory."""
    config = {"lr": 3e-3, "batch_size": 64, "optimizer": {"name": "adam"}, "layers": [64, 32, 10]}
    run = medialog.init(
        project="examples",
        name="all media",
        dir=out,
        config=config,
        tags=["digits", "example"],
        sinks=("store", "tensorboard"),
    )
    training = Training(run.config["lr"])
    run.define_metric("val/*", step_metric="epoch", summary="best,last", goal="maximize")
    run.watch(training.model, log="all", log_freq=5)
    losses: list[float] = []
    mistakes = medialog.Table(["epoch", "digit", "truth", "guess"], log_mode="INCREMENTAL")
    for step in range(steps):
        losses.append(training.epoch(run.config["batch_size"]))
        seen = training.validate()
        for wrong in seen.wrong[:3]:
            mistakes.add_data(
                step, digit(seen, wrong), *map(int, (seen.truth[wrong], seen.guess[wrong]))
            )
        accuracy = float((seen.guess == seen.truth).mean())
        run.log({"epoch": step, "loss": losses[-1], "val/accuracy": accuracy}, commit=False)
        for media in (pictures(step, seen), clips(step), shapes(step, seen)):
            run.log(media, commit=False)
        run.log(documents(step, losses, seen), commit=False)
        run.log({**charts(losses, seen), **tables(step, seen), "tables/mistakes": mistakes})
        if step == int(np.argmin(losses)):
            run.summary["best"] = medialog.Image.grid(seen.pictures[seen.wrong][:64, None])
    run.finish()
    return run.dir


def pictures(step: int, seen: Seen) -> Media:
    """Give pictures: one, a list of sizes, masks, boxes, labels; and numbers as histograms."""
    coins, found = real_media.coins(step)
    names = {0: "table", 1: "coin"}
    masks = {name: {"mask_data": mask, "class_labels": names} for name, mask in found.items()}
    photographs = real_media.photographs()
    return {
        "images/photograph": medialog.Image(photographs["chelsea"], caption="Chelsea the cat"),
        "images/several": [
            medialog.Image(picture, caption=f"{name}, {picture.shape[1]}×{picture.shape[0]}")
            for name, picture in photographs.items()
        ],
        "images/masks": medialog.Image(coins, masks=masks, scores={"iou": real_media.iou(found)}),
        "images/boxes": medialog.Image(coins, boxes=real_media.boxes(found), caption="coins"),
        "images/digits": [digit(seen, place) for place in range(8)],
        "images/grid": medialog.Image.grid(seen.pictures[:64, None]),
        "histograms/confidence": medialog.Histogram(seen.probabilities.max(axis=1)),
        "histograms/pixels": medialog.Histogram(np_histogram=np.histogram(coins, bins=32)),
    }


def clips(step: int) -> Media:
    """Give videos that go over photographs, and bells."""
    photographs = real_media.photographs()
    views = {
        name: real_media.pan(photographs[name], 48, (160, 240), step)
        for name in ("astronaut", "coffee")
    }
    notes = [220.0 * 2 ** (half / 12) for half in (0, 4, 7, 12, 16 + step)]
    bells = real_media.bells(notes, 2.5)
    return {
        "videos/pan": medialog.Video(views["astronaut"], fps=16, caption=f"a view in epoch {step}"),
        "videos/several": [medialog.Video(view, fps=16, caption=name) for name, view in views.items()],
        "videos/gif": medialog.Video(views["coffee"][::3], fps=6, format="gif"),
        "audio/bells": medialog.Audio(bells, real_media.RATE, caption="five bells, left to right"),
        "audio/several": [
            medialog.Audio(real_media.bells([note], 1.0), real_media.RATE, caption=f"{note:.0f} Hz")
            for note in notes[:3]
        ],
    }  # fmt: skip


def shapes(step: int, seen: Seen) -> Media:
    """Give clouds of points (colours, categories, boxes), a mesh and molecules."""
    flat = PCA(3).fit_transform(seen.pictures.reshape(len(seen.pictures), -1))
    digits = np.column_stack((flat, seen.guess))
    front = medialog.box3d(
        center=[0.22, -0.02, -2.75], size=[1.85, 0.95, 0.9], orientation=[1, 0, 0, 0],
        color=[255, 140, 0], label="motorcycle", score=0.97,
    )  # fmt: skip
    molecules = real_media.MOLECULES
    name = list(molecules)[step % len(molecules)]
    return {
        "shapes/garage": medialog.Object3D.from_point_cloud(real_media.garage(3), boxes=[front]),
        "shapes/digits": medialog.Object3D(
            digits, caption="digits by what they look like", class_labels=dict(enumerate(CLASSES))
        ),
        "shapes/knot": medialog.Object3D(real_media.knot(256 + 64 * min(step, 4)), file_type="ply"),
        "molecules/one": medialog.Molecule.from_smiles(molecules[name], caption=name),
        "molecules/several": [
            medialog.Molecule.from_smiles(smiles, caption=name) for name, smiles in molecules.items()
        ],
    }  # fmt: skip


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description="Log every media type.")
    parser.add_argument("out", type=Path, nargs="?", default=Path("all_media_out"))
    parser.add_argument("steps", type=int, nargs="?", default=5)
    options = parser.parse_args()
    print(main(options.out, options.steps))
