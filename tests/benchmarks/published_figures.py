"""The encoders here against what was published of them: Banking77Classification of MTEB.

As there (https://github.com/embeddings-benchmark/mteb, AbsTaskClassification): ten times 8 texts of each label are
drawn from the train split, a logistic regression of at most 100 rounds is fitted to their vectors, and asked the whole
test split. Published: all-MiniLM-L6-v2 79.8 % (standard deviation of the ten 0.8), multilingual-e5-small 70.4 % (1.0).
Run: python -m tests.benchmarks.published_figures --data FOLDER
"""

from pathlib import Path

import numpy as np
from sklearn.linear_model import LogisticRegression

from core.engines.semantic.encoder import Encoder
from core.engines.semantic.multilingual import multilingual_encoder
from core.engines.semantic.prepare import prepared_model
from core.engines.semantic.weights import model_files
from tests.benchmarks.development_data import PREPARED, banking77, data_folder

SAMPLES = 8
DRAWS = 10


def main() -> None:
    folder = data_folder("Compare the encoders with what was published of them.")
    files = model_files()
    minilm = Encoder(prepared_model(files, PREPARED), files.tokenizer)
    for name, encoder in (("all-MiniLM-L6-v2", minilm), ("multilingual-e5-small", multilingual_encoder(PREPARED))):
        found = 100 * np.array(accuracies(encoder, folder))
        print(f"{name}: {found.mean():.1f} % (standard deviation {found.std():.1f})", flush=True)


def accuracies(encoder: Encoder, folder: Path) -> list[float]:
    """The share of the test split that each of the ten regressions gets right."""
    train, test = banking77(folder, "train").questions, banking77(folder, "test").questions
    labels = sorted(train)
    asked = encoder.encode_all([text for label in labels for text in test[label]])
    right = np.repeat(np.arange(len(labels)), [len(test[label]) for label in labels])
    generator = np.random.default_rng(42)
    found = []
    for _ in range(DRAWS):
        texts = [str(text) for label in labels for text in generator.permutation(list(train[label]))[:SAMPLES]]
        model = LogisticRegression(max_iter=100).fit(
            encoder.encode_all(texts), np.repeat(np.arange(len(labels)), SAMPLES)
        )
        found.append(float((model.predict(asked) == right).mean()))
    return found


if __name__ == "__main__":
    main()
