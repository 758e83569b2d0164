"""Labels in doubt on real pictures: planted errors are found, and few right labels are doubted."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from camera.folder import read_picture
from inference.model.preprocess import as_batch
from inference.model.providers import Provider
from inference.model.session import Graph
from inference.teach.doubts import doubts, nearest, out_of_fold
from inference.teach.graph import EMBEDDING, feature_graph
from inference.teach.leakage import group
from inference.teach.looks import look_at_all


def test_one_label_in_sixteen_was_wrong_and_most_are_found(shared: Path) -> None:
    kinds = sorted((shared / "data" / "xsdd" / "train").iterdir())
    paths = [path for kind in kinds for path in sorted(kind.iterdir())[:24]]
    truth = np.repeat(np.arange(len(kinds)), 24)
    images = [read_picture(path, path.name).image for path in paths]
    graph = Graph(feature_graph(128, 128).SerializeToString(), (EMBEDDING,), Provider.CPU, 2)
    embeddings = np.stack([graph.run(as_batch(image, 8, 3))[0][0] for image in images]).astype(np.float64)
    labels, planted = truth.copy(), np.arange(7, len(truth), 16)
    labels[planted] = (truth[planted] + 1 + planted % 6) % len(kinds)
    groups = group(paths, look_at_all(images), embeddings)
    found = [
        doubt.row for doubt in doubts(out_of_fold(embeddings, labels, groups), labels, nearest(embeddings, groups))
    ]
    hits = set(found) & set(planted.tolist())
    assert len(hits) >= 0.9 * len(planted)
    assert len(hits) >= 0.6 * len(found)
