"""FRAMES BECOME JUDGEMENTS, JUDGEMENTS BECOME PROCESS KNOWLEDGE.

May import: camera, numpy, scipy, cv2 (by `camera.vision`), onnxruntime (in `model.session`). Never: storage, hmi, Qt.
"""
