"""FRAMES BECOME JUDGEMENTS, JUDGEMENTS BECOME PROCESS KNOWLEDGE.

May import: camera, numpy, scipy, cv2 (through `camera.vision`), onnxruntime (in `model.session` only). Never: storage, hmi, Qt.
"""
