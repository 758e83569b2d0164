"""LIGHT BECOMES FRAMES: cameras, replays and simulated lines behind one protocol, and the triggers of the line.

May import: numpy, cv2 (through `camera.vision` only), pydantic, uuid_utils, the standard library.
Never: inference, storage, hmi, Qt.
"""
