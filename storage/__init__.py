"""WHAT HAPPENED IS NEVER LOST: the record of every part, its pictures, and what people decided later.

May import: inference, camera, sqlite_utils. Never: hmi, Qt.
"""
