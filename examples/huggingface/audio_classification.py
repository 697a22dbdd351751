"""Tell tones apart by their sound with a small Wav2Vec2.

python -m examples.huggingface.audio_classification
"""

from __future__ import annotations

from transformers import (
    Trainer,
    TrainingArguments,
    Wav2Vec2Config,
    Wav2Vec2FeatureExtractor,
    Wav2Vec2ForSequenceClassification,
    set_seed,
)

import medialog_huggingface  # noqa: F401 - makes report_to="medialog" known
from examples import data


def train(folder: str, *, epochs: int = 10, count: int = 400) -> Trainer:
    """Train on so many tones with nothing of medialog but `report_to`; give the trainer."""
    set_seed(0)
    extractor = Wav2Vec2FeatureExtractor(sampling_rate=data.SAMPLE_RATE, do_normalize=False)
    rows = [
        {"input_values": wave, "labels": kind}
        for wave, kind in zip(*data.tones(count), strict=True)
    ]
    trainer = Trainer(
        Wav2Vec2ForSequenceClassification(config()),
        TrainingArguments(
            folder,
            report_to="medialog",
            run_name="tones",
            num_train_epochs=epochs,
            learning_rate=1e-3,
            per_device_train_batch_size=16,
            eval_strategy="epoch",
            logging_steps=10,
            save_strategy="no",
        ),
        train_dataset=rows[count // 6 :],
        eval_dataset=rows[: count // 6],
        processing_class=extractor,  # medialog takes the sample rate from it
    )
    trainer.train()
    return trainer


def config() -> Wav2Vec2Config:
    """Describe a Wav2Vec2 of three convolutions and two layers."""
    return Wav2Vec2Config(
        hidden_size=48,
        intermediate_size=96,
        num_hidden_layers=2,
        num_attention_heads=4,
        conv_dim=(32, 32, 48),
        conv_kernel=(10, 8, 4),
        conv_stride=(5, 4, 2),
        num_feat_extract_layers=3,
        num_conv_pos_embeddings=16,
        num_conv_pos_embedding_groups=4,
        classifier_proj_size=48,
        layerdrop=0.0,
        mask_time_prob=0.0,
        id2label=dict(enumerate(data.TONES)),
        label2id={name: place for place, name in enumerate(data.TONES)},
    )


if __name__ == "__main__":
    train("example_runs/wav2vec2")
